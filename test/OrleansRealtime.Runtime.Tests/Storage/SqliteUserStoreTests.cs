namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class SqliteUserStoreTests() : AdoNetUserStoreTests(new SqliteStore());
