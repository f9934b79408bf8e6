using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

[RequiresPostgreSql]
public sealed class PostgreSqlSchemaInstallerTests() : SchemaInstallerTests(new PostgreSqlStore());
