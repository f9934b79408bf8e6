using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using OrleansRealtime.EndToEnd.Tests.Serving;
using OrleansRealtime.Server.Verbs;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Verbs;

public sealed class ServeVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string DatabaseFile => Path.Combine(_folder.Path, "realtime.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_PortInUse_FailsAndSaysWhich()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";

        var (code, errors) = await ServeAsync("--urls=" + address);

        Assert.Equal(1, code);
        Assert.Contains(address, errors, StringComparison.Ordinal);
        Assert.Contains("already in use", errors, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_DatabaseThatIsNone_FailsAndSaysSo()
    {
        await File.WriteAllTextAsync(DatabaseFile, string.Concat(Enumerable.Repeat("This is a letter and no database. ", 100)));

        var (code, errors) = await ServeAsync();

        Assert.Equal(1, code);
        Assert.Contains("file is not a database", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DatabaseOfANewerProgram_FailsAndSaysWhatToDo()
    {
        SQLitePCL.Batteries_V2.Init();
        await using (var database = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = "CREATE TABLE ort_schema (version INTEGER NOT NULL PRIMARY KEY); INSERT INTO ort_schema VALUES (99);";
            await command.ExecuteNonQueryAsync();
        }

        var (code, errors) = await ServeAsync();

        Assert.Equal(1, code);
        Assert.Contains("schema version 99", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ToldToStopWhileItStarts_EndsAtOnceWithoutAFault()
    {
        // Wherever in its start that meets it.
        using var stopping = new CancellationTokenSource();
        var serving = ServeAsync(stopping.Token, "--Realtime:WarmUp:Enabled=true", "--Realtime:WarmUp:TimeLimit=00:00:30");
        await stopping.CancelAsync();

        var (code, errors) = await serving.WaitAsync(TimeSpan.FromSeconds(25));

        Assert.Equal(0, code);
        Assert.Equal("", errors);
    }

    private Task<(int Code, string Errors)> ServeAsync(params string[] settings) => ServeAsync(CancellationToken.None, settings);

    private async Task<(int Code, string Errors)> ServeAsync(CancellationToken stopping, params string[] settings)
    {
        using var errors = new StringWriter();
        var code = await ServeVerb.RunAsync(
            [
                "--environment=Production",
                "--urls=http://127.0.0.1:0",
                "--Logging:LogLevel:Default=None",
                $"--Realtime:Storage:ConnectionString=Data Source={DatabaseFile}",
                "--Realtime:Authentication:Keys:0:Id=main",
                "--Realtime:Authentication:Keys:0:Algorithm=HS256",
                $"--Realtime:Authentication:Keys:0:Secret={ServedApp.Secret}",
                .. settings,
            ],
            errors,
            stopping);
        return (code, errors.ToString());
    }
}
