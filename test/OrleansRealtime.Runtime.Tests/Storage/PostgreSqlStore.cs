using System.Data.Common;
using Npgsql;
using OrleansRealtime.Storage.AdoNet;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

/// <summary>A database of its own on the shared PostgreSQL server.</summary>
internal sealed class PostgreSqlStore : AdoNetStore
{
    private string? _connectionString;
    private string? _directConnectionString;

    public override Dialect Dialect => Dialect.PostgreSql;

    public override string BlockWritersSql => "BEGIN; LOCK TABLE ort_channels IN EXCLUSIVE MODE";

    public override string RefusePoisonSql => """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
        CREATE TRIGGER refuse_poison BEFORE INSERT ON ort_publications FOR EACH ROW WHEN (NEW.sender = 'poison')
        EXECUTE FUNCTION refuse();
        """;

    public override string RefuseLateAtCommitSql => """
        CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
        CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT ON ort_publications DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.sender = 'late') EXECUTE FUNCTION refuse_late();
        """;

    /// <summary>Stands between the store and the server when a test sets it before the start.</summary>
    public Func<int, FaultProxy>? CreateProxy { get; set; }

    public FaultProxy? Proxy { get; private set; }

    public override DbDataSource CreateDataSource() => NpgsqlDataSource.Create(_connectionString!);

    /// <summary>A connection that does not go through <see cref="Proxy"/>.</summary>
    public async Task<NpgsqlConnection> ConnectDirectlyAsync()
    {
        var connection = new NpgsqlConnection(_directConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public override async ValueTask StartAsync()
    {
        var server = await PostgreSqlServer.Shared;
        _connectionString = await server.CreateDatabaseAsync();
        _directConnectionString = _connectionString;
        if (CreateProxy is { } create)
        {
            var direct = new NpgsqlConnectionStringBuilder(_connectionString);
            Proxy = create(direct.Port);
            _connectionString = new NpgsqlConnectionStringBuilder(_connectionString) { Port = Proxy.Port }.ToString();
        }

        await base.StartAsync();
    }

    protected override async ValueTask DeleteAsync()
    {
        if (_connectionString is { } connectionString)
        {
            await (await PostgreSqlServer.Shared).DropDatabaseAsync(connectionString);
        }

        if (Proxy is { } proxy)
        {
            await proxy.DisposeAsync();
        }
    }
}
