namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class SqliteGrantStoreTests() : AdoNetGrantStoreTests(new SqliteStore());
