using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OrleansRealtime.Testing.PostgreSql;

/// <summary>
/// A PostgreSQL server for the tests of one process: a private one on a free port of the loopback, with its data in a temporary
/// folder, or the one that <see cref="ConnectionStringVariable"/> names. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The private server is watched over by a shell that waits for the end of its standard input. However this process ends, the
/// pipe closes, and the shell stops the server and deletes the folder.
/// </remarks>
public sealed class PostgreSqlServer
{
    /// <summary>The environment variable with the connection string of a server whose user may create databases.</summary>
    public const string ConnectionStringVariable = "ORLEANSREALTIME_TEST_POSTGRES";

    private const string ReadyLine = "database system is ready to accept connections";

    // $1 to $4: binaries, folder, port, and whether it flushes.
    // SIGINT is PostgreSQL's fast stop: it ends sessions and does not wait for clients.
    private const string SupervisorScript = """
        set -e
        "$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2/initdb.log" 2>&1 \
            || { cat "$2/initdb.log" >&2; cd /; rm -rf "$2"; exit 1; }
        "$1/postgres" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c "fsync=$4" \
            -c max_connections=200 -c lc_messages=C -c logging_collector=off <&- &
        server=$!
        while read -r line; do :; done
        kill -INT "$server"
        wait "$server" || true
        cd /
        rm -rf "$2"
        """;

    // Tests kill our processes, never the database's machine.
    private static readonly Lazy<Task<PostgreSqlServer>> SharedServer = new(static () => StartAsync(flushes: false));
    private static readonly Lazy<Task<PostgreSqlServer>> FlushingServer = new(static () => StartAsync(flushes: true));

    // Held so that the pipe to the supervisor stays open as long as this process lives.
    private readonly Process? _supervisor;
    private readonly string _connectionString;

    private PostgreSqlServer(string connectionString, Process? supervisor)
    {
        _connectionString = connectionString;
        _supervisor = supervisor;
    }

    /// <summary>The server of this process; started when first asked for.</summary>
    public static Task<PostgreSqlServer> Shared => SharedServer.Value;

    /// <summary>A server of this process that flushes what it commits, as an installed one does; to measure with.</summary>
    public static Task<PostgreSqlServer> Flushing => FlushingServer.Value;

    /// <summary>Why there is no server here, or null when there is one.</summary>
    public static string? MissingReason { get; } =
        Environment.GetEnvironmentVariable(ConnectionStringVariable) is { Length: > 0 } || FindBinaries() is not null
            ? null
            : $"PostgreSQL is not installed here. Install Debian's package postgresql, or name a server in {ConnectionStringVariable}.";

    /// <summary>Creates an empty database and returns the connection string for it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = "ort_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync($"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ToString();
    }

    /// <summary>Deletes a database, whoever is still connected to it.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static async Task<PostgreSqlServer> StartAsync(bool flushes)
    {
        if (Environment.GetEnvironmentVariable(ConnectionStringVariable) is { Length: > 0 } given)
        {
            return new PostgreSqlServer(given, supervisor: null);
        }

        var binaries = FindBinaries() ?? throw new InvalidOperationException(MissingReason);
        var folder = Directory.CreateTempSubdirectory("orleansrealtime-postgres-").FullName;
        var port = FreePort();
        var supervisor = StartSupervisor(binaries, folder, port, flushes);
        await WhenReadyAsync(supervisor);
        return new PostgreSqlServer(
            $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Timeout=15;Include Error Detail=true", supervisor);
    }

    private static Process StartSupervisor(string binaries, string folder, int port, bool flushes)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };

        // PostgreSQL refuses to run as root; Debian's package brings a user for it.
        if (Environment.UserName == "root")
        {
            Process.Start("chown", ["postgres", folder]).WaitForExit();
            start.FileName = "runuser";
            start.ArgumentList.Add("-u");
            start.ArgumentList.Add("postgres");
            start.ArgumentList.Add("--");
            start.ArgumentList.Add("sh");
        }
        else
        {
            start.FileName = "sh";
        }

        string[] arguments =
        [
            "-c", SupervisorScript, "postgres-supervisor", binaries, folder, port.ToString(CultureInfo.InvariantCulture),
            flushes ? "on" : "off",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Reads what the server logs until it says that it is ready, and drains the rest, so that it never blocks.</summary>
    private static async Task WhenReadyAsync(Process supervisor)
    {
        var log = new List<string>();
        while (await supervisor.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (line.Contains(ReadyLine, StringComparison.Ordinal))
            {
                _ = DrainAsync(supervisor.StandardError);
                return;
            }
        }

        throw new InvalidOperationException("PostgreSQL did not start:\n" + string.Join('\n', log));
    }

    private static async Task DrainAsync(StreamReader log)
    {
        var buffer = new char[4096];
        while (await log.ReadAsync(buffer) > 0)
        {
            // Statements that tests provoke to fail are logged; nobody needs them.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? FindBinaries()
    {
        // Debian keeps the binaries off the path, in a folder per version.
        const string debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        return versions
            .OrderByDescending(static folder =>
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(static folder => Path.Combine(folder, "bin"))
            .Concat(["/usr/pgsql/bin", "/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"])
            .FirstOrDefault(static folder =>
                File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private async Task ExecuteAsync(string sql)
    {
        Debug.Assert(_supervisor is null or { HasExited: false }, "The private server has ended.");
        await using var connection = new NpgsqlConnection(_connectionString + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // A database cannot be named by a parameter; the name is our own.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
