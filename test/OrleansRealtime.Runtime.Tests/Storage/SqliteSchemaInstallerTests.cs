namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class SqliteSchemaInstallerTests() : SchemaInstallerTests(new SqliteStore());
