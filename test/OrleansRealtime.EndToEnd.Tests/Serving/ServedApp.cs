using Microsoft.AspNetCore.Builder;
using OrleansRealtime.Server;

namespace OrleansRealtime.EndToEnd.Tests.Serving;

/// <summary>A server in this process, on a port of its own, with keys and a SQLite file that go with it.</summary>
internal sealed class ServedApp : IAsyncDisposable
{
    public const string Secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;

    private ServedApp(WebApplication app, DirectoryInfo folder)
    {
        _app = app;
        _folder = folder;
    }

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public static async Task<ServedApp> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("served-");
        string[] given =
        [
            "--environment=Production",
            "--Urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Warning",
            $"--Realtime:Storage:ConnectionString=Data Source={Path.Combine(folder.FullName, "realtime.db")}",
            "--Realtime:Authentication:Keys:0:Id=main",
            "--Realtime:Authentication:Keys:0:Algorithm=HS256",
            $"--Realtime:Authentication:Keys:0:Secret={Secret}",
            "--Realtime:Drain:Window=00:00:00",
            "--Realtime:Edge:EventLoops=2",
        ];
        var app = ServerApp.Create([.. given, .. settings]);
        await app.StartAsync();
        return new ServedApp(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
