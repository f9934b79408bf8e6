namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class SqliteLogWriterTests() : LogWriterTests(new SqliteStore());
