using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class StorageConnectionTests
{
    [Fact]
    public async Task Commit_DiskFullAndNothingLeftToRollBack_TellsOfTheFullDisk()
    {
        var sqlite = SqliteStore.SqliteDialect;
        await using var source = new FullDisk();
        await using var connection = await StorageConnection.OpenAsync(sqlite, source, TimeSpan.FromSeconds(5), CancellationToken.None);
        await connection.BeginAsync(CancellationToken.None);

        var exception = await Assert.ThrowsAsync<SqliteException>(
            async () => await connection.CommitAsync(CancellationToken.None));

        Assert.Equal(13, exception.SqliteErrorCode);
        Assert.Equal(StorageFault.Transient, sqlite.Classify(exception));
    }

    /// <summary>SQLite as it behaves when the disk is full: the commit fails, and the transaction is gone.</summary>
    private sealed class FullDisk : DbDataSource
    {
        public override string ConnectionString => "Data Source=:memory:";

        protected override DbConnection CreateDbConnection() => new Connection(new SqliteConnection(ConnectionString));
    }

    private sealed class Connection(SqliteConnection inner) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get => inner.ConnectionString; set => inner.ConnectionString = value; }

        public override string Database => inner.Database;

        public override string DataSource => inner.DataSource;

        public override string ServerVersion => inner.ServerVersion;

        public override ConnectionState State => inner.State;

        public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

        public override void Open() => inner.Open();

        public override void Close() => inner.Close();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new Transaction(this);

        protected override DbCommand CreateDbCommand() => inner.CreateCommand();
    }

    private sealed class Transaction(DbConnection connection) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.Serializable;

        protected override DbConnection DbConnection => connection;

        public override void Commit() => throw new SqliteException("database or disk is full", 13);

        public override void Rollback() => throw new SqliteException("cannot rollback - no transaction is active", 1);

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            Rollback();
        }
    }
}
