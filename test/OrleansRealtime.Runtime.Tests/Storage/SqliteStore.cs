using System.Data.Common;
using Microsoft.Data.Sqlite;
using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Runtime.Tests.Storage;

/// <summary>A SQLite file in a folder of its own.</summary>
internal sealed class SqliteStore : AdoNetStore
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleansrealtime-sqlite-").FullName;

    static SqliteStore() => SQLitePCL.Batteries_V2.Init();

    public static Dialect SqliteDialect { get; } =
        Dialect.Sqlite(static exception => ((SqliteException)exception).SqliteExtendedErrorCode);

    public string File => Path.Combine(_folder, "test.db");

    public override Dialect Dialect => SqliteDialect;

    public override string BlockWritersSql => "BEGIN IMMEDIATE";

    public override string RefusePoisonSql => """
        CREATE TRIGGER refuse_poison BEFORE INSERT ON ort_publications WHEN NEW.sender = 'poison'
        BEGIN SELECT RAISE(ABORT, 'poison'); END;
        """;

    public override string RefuseLateAtCommitSql => """
        CREATE TABLE absent (id INTEGER PRIMARY KEY);
        CREATE TABLE late (id INTEGER REFERENCES absent (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER refuse_late AFTER INSERT ON ort_publications WHEN NEW.sender = 'late'
        BEGIN INSERT INTO late VALUES (1); END;
        """;

    public override DbDataSource CreateDataSource() =>
        SqliteFactory.Instance.CreateDataSource(new SqliteConnectionStringBuilder { DataSource = File, ForeignKeys = true }.ToString());

    protected override ValueTask DeleteAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
