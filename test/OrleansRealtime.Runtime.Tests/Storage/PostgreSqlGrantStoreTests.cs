using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

[RequiresPostgreSql]
public sealed class PostgreSqlGrantStoreTests() : AdoNetGrantStoreTests(new PostgreSqlStore());
