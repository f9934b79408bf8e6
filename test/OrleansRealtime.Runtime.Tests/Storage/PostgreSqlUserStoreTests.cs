using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

[RequiresPostgreSql]
public sealed class PostgreSqlUserStoreTests() : AdoNetUserStoreTests(new PostgreSqlStore());
