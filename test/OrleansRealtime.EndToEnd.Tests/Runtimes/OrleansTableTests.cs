using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using OrleansRealtime.Server.Runtimes.OrleansTables;
using OrleansRealtime.Testing.PostgreSql;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

/// <summary>The tables for Orleans' providers, installed and used with the parameters that the providers give.</summary>
public sealed class OrleansTableTests : IAsyncLifetime, IDisposable
{
    private static readonly TablePart[] Both = [TablePart.Storage, TablePart.Membership];

    private readonly TemporaryFolder _folder = new();
    private string? _connectionString;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_connectionString is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await (await PostgreSqlServer.Shared).DropDatabaseAsync(_connectionString);
        }

        SqliteConnection.ClearAllPools();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Install_Sqlite_Twice_InstallsOnce()
    {
        await using var database = Sqlite();
        var installer = new TableInstaller(database, TableScripts.Sqlite);

        Assert.Equal([TablePart.Storage], await installer.InstallAsync([TablePart.Storage], default));
        Assert.Empty(await installer.InstallAsync([TablePart.Storage], default));
    }

    [Fact]
    public async Task Install_Sqlite_ByManyAtOnce_WorksForAll()
    {
        await using var database = Sqlite();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => new TableInstaller(database, TableScripts.Sqlite).InstallAsync([TablePart.Storage], default))));

        Assert.Equal(4, await CountQueriesAsync(database));
    }

    [PostgreSqlFact]
    public async Task Install_PostgreSql_ByManyAtOnce_WorksForAll()
    {
        await using var database = await PostgreSqlAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => new TableInstaller(database, TableScripts.PostgreSql).InstallAsync(Both, default)));

        Assert.Equal(13, await CountQueriesAsync(database));
        Assert.Empty(await new TableInstaller(database, TableScripts.PostgreSql).InstallAsync(Both, default));
    }

    [PostgreSqlFact]
    public async Task Install_WhatAnAdministratorInstalled_StaysAndNeedsNoRights()
    {
        await using var database = await PostgreSqlAsync();
        await new TableInstaller(database, TableScripts.PostgreSql).InstallAsync(Both, default);
        await ExecuteAsync(database, "UPDATE OrleansQuery SET QueryText = 'SELECT 1' WHERE QueryKey = 'GatewaysQueryKey'");
        await ExecuteAsync(database, "ALTER DATABASE " + new NpgsqlConnectionStringBuilder(_connectionString).Database + " SET default_transaction_read_only = on");
        NpgsqlConnection.ClearAllPools();
        await using var readOnly = NpgsqlDataSource.Create(_connectionString! + ";Pooling=false");

        Assert.Empty(await new TableInstaller(readOnly, TableScripts.PostgreSql).InstallAsync(Both, default));
        Assert.Equal("SELECT 1", await TextOfAsync(readOnly, "GatewaysQueryKey"));
    }

    [Fact]
    public async Task Storage_Sqlite_KeepsOneStatePerGrain()
    {
        await using var database = Sqlite();
        await new TableInstaller(database, TableScripts.Sqlite).InstallAsync([TablePart.Storage], default);

        await AssertKeepsOneStatePerGrainAsync(database);
    }

    [PostgreSqlFact]
    public async Task Storage_PostgreSql_KeepsOneStatePerGrain()
    {
        await using var database = await PostgreSqlAsync();
        await new TableInstaller(database, TableScripts.PostgreSql).InstallAsync([TablePart.Storage], default);

        await AssertKeepsOneStatePerGrainAsync(database);
    }

    [PostgreSqlFact]
    public async Task Storage_PostgreSql_ManyFirstWrites_OnlyOneWins()
    {
        await using var database = await PostgreSqlAsync();
        await new TableInstaller(database, TableScripts.PostgreSql).InstallAsync([TablePart.Storage], default);

        var versions = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => WriteAsync(database, null, (byte)i)));

        Assert.Equal([1], versions.Where(static version => version is not null));
    }

    [PostgreSqlFact]
    public async Task Membership_ChangesOfOneVersion_OnlyOneWins()
    {
        await using var database = await PostgreSqlAsync();
        await new TableInstaller(database, TableScripts.PostgreSql).InstallAsync([TablePart.Membership], default);
        Assert.Equal(1, await AnswerAsync(database, "InsertMembershipVersionKey"));
        Assert.Equal(0, await AnswerAsync(database, "InsertMembershipVersionKey"));

        var added = await Task.WhenAll(Enumerable.Range(1, 8).Select(
            generation => AnswerAsync(database, "InsertMembershipKey", [.. Silo(generation), ("Version", 0)])));
        var winner = Array.IndexOf(added, 1) + 1;
        Assert.Equal(1, added.Sum());
        Assert.Equal(0, await AnswerAsync(database, "InsertMembershipKey", [.. Silo(winner), ("Version", 1)]));
        Assert.Equal(0, await AnswerAsync(database, "UpdateMembershipKey", [.. Silo(winner), ("SuspectTimes", null), ("Version", 0)]));
        Assert.Equal(0, await AnswerAsync(database, "UpdateMembershipKey", [.. Silo(99), ("SuspectTimes", null), ("Version", 1)]));
        Assert.Equal(1, await AnswerAsync(database, "UpdateMembershipKey", [.. Silo(winner), ("SuspectTimes", "a|b"), ("Version", 1)]));
        Assert.Equal([2], await ReadAsync(database, "MembershipReadAllKey", "Version", []));
        Assert.Equal(["a|b"], await ReadAsync(database, "MembershipReadRowKey", "SuspectTimes", Silo(winner)));
        Assert.Equal([DBNull.Value], await ReadAsync(database, "MembershipReadRowKey", "StartTime", Silo(99)));
        Assert.Equal([30000], await ReadAsync(database, "GatewaysQueryKey", "ProxyPort", [("Status", 3)]));
    }

    [PostgreSqlFact]
    public async Task Membership_CleanUp_TakesOnlyWhatIsNotActive()
    {
        await using var database = await PostgreSqlAsync();
        await new TableInstaller(database, TableScripts.PostgreSql).InstallAsync([TablePart.Membership], default);
        await AnswerAsync(database, "InsertMembershipVersionKey");
        await AnswerAsync(database, "InsertMembershipKey", [.. Silo(1), ("Version", 0)]);
        await AnswerAsync(database, "InsertMembershipKey", [.. Silo(2, status: 6), ("Version", 1)]);

        await ReadAsync(database, "CleanupDefunctSiloEntriesKey", "", [("IAmAliveTime", DateTime.UtcNow.AddMinutes(1))]);

        Assert.Equal([1], await ReadAsync(database, "MembershipReadAllKey", "Generation", []));
        await ReadAsync(database, "DeleteMembershipTableEntriesKey", "", []);
        Assert.Empty(await ReadAsync(database, "MembershipReadAllKey", "Generation", []));
    }

    private static async Task AssertKeepsOneStatePerGrainAsync(DbDataSource database)
    {
        Assert.Equal(1, await WriteAsync(database, version: null, 1));
        Assert.Null(await WriteAsync(database, version: null, 2));
        Assert.Equal(2, await WriteAsync(database, version: 1, 3));
        Assert.Null(await WriteAsync(database, version: 1, 4));
        Assert.Equal(1, await WriteAsync(database, version: null, 5, grain: "other"));
        Assert.Equal(1, await WriteAsync(database, version: null, 6, grain: null));
        Assert.Null(await WriteAsync(database, version: null, 7, grain: null));

        Assert.Equal([new byte[] { 3 }], await ReadAsync(database, "ReadFromStorageKey", "PayloadBinary", Grain("room")));
        Assert.Equal([3], await NumbersAsync(database, "ClearStorageKey", [.. Grain("room"), ("GrainStateVersion", 2)]));
        Assert.Equal([DBNull.Value], await ReadAsync(database, "ReadFromStorageKey", "PayloadBinary", Grain("room")));
        Assert.Empty(await NumbersAsync(database, "DeleteStorageKey", [.. Grain("room"), ("GrainStateVersion", 2)]));
        Assert.Equal([4], await NumbersAsync(database, "DeleteStorageKey", [.. Grain("room"), ("GrainStateVersion", 3)]));
        Assert.Empty(await ReadAsync(database, "ReadFromStorageKey", "PayloadBinary", Grain("room")));
    }

    private static async Task<int?> WriteAsync(DbDataSource database, int? version, byte payload, string? grain = "room")
    {
        var versions = await NumbersAsync(
            database, "WriteToStorageKey",
            [.. Grain(grain), ("GrainStateVersion", version), ("PayloadBinary", new[] { payload })]);
        return versions.Count == 0 ? null : Assert.Single(versions);
    }

    private static async Task<List<int>> NumbersAsync(DbDataSource database, string key, (string, object?)[] parameters) =>
        [.. (await ReadAsync(database, key, "NewGrainStateVersion", parameters)).Select(static value => Convert.ToInt32(value, null))];

    private static (string Name, object? Value)[] Grain(string? name) =>
    [
        ("GrainIdHash", 17), ("GrainIdN0", 0L), ("GrainIdN1", 0L), ("GrainTypeHash", -4), ("GrainTypeString", "counter"),
        ("GrainIdExtensionString", name), ("ServiceId", "service"),
    ];

    private static (string Name, object? Value)[] Silo(int generation, int status = 3) =>
    [
        ("Address", "127.0.0.1"), ("Port", 11111), ("Generation", generation), ("SiloName", "silo"), ("HostName", "host"),
        ("Status", status), ("ProxyPort", 30000), ("StartTime", DateTime.UtcNow), ("IAmAliveTime", DateTime.UtcNow),
    ];

    private static async Task<int> AnswerAsync(DbDataSource database, string key, params (string, object?)[] parameters) =>
        Convert.ToInt32(Assert.Single(await ReadAsync(database, key, column: null, parameters)), null);

    /// <summary>Runs a stored statement as the providers do: all its result sets, one column of each row; the first if none is named.</summary>
    private static async Task<List<object>> ReadAsync(
        DbDataSource database, string key, string? column, (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text of a statement of ours.
        command.CommandText = await TextOfAsync(database, key);
#pragma warning restore CA2100
        foreach (var (name, value) in parameters.Prepend(("DeploymentId", "cluster")))
        {
            if (command.CommandText.Contains("@" + name, StringComparison.Ordinal))
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
                parameter.DbType = name switch
                {
                    "GrainIdN0" or "GrainIdN1" => System.Data.DbType.Int64,
                    "GrainStateVersion" => System.Data.DbType.Int32,
                    _ when value is int => System.Data.DbType.Int32,
                    _ when value is DateTime => System.Data.DbType.DateTime,
                    _ when value is byte[] => System.Data.DbType.Binary,
                    _ => System.Data.DbType.String,
                };
                command.Parameters.Add(parameter);
            }
        }

        List<object> values = [];
        await using var reader = await command.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
            {
                values.Add(reader.GetValue(column is null ? 0 : reader.GetOrdinal(column)));
            }
        }
        while (await reader.NextResultAsync());

        return values;
    }

    private static async Task<string> TextOfAsync(DbDataSource database, string key)
    {
        await using var command = database.CreateCommand("SELECT QueryText FROM OrleansQuery WHERE QueryKey = @key");
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("key", key);
        command.Parameters.Add(parameter);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<int> CountQueriesAsync(DbDataSource database)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM OrleansQuery");
        return Convert.ToInt32(await command.ExecuteScalarAsync(), null);
    }

    private static async Task ExecuteAsync(DbDataSource database, string sql)
    {
#pragma warning disable CA2100 // Written in this test.
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private DbDataSource Sqlite()
    {
        SQLitePCL.Batteries_V2.Init();
        return SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(_folder.Path, "orleans.db")}");
    }

    private async Task<NpgsqlDataSource> PostgreSqlAsync()
    {
        _connectionString = await (await PostgreSqlServer.Shared).CreateDatabaseAsync();
        return NpgsqlDataSource.Create(_connectionString);
    }
}
