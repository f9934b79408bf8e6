using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrleansRealtime.Testing.Servers;
using Xunit.Sdk;

namespace OrleansRealtime.EndToEnd.Tests.Proxies;

/// <summary>nginx in front of a server, with the example of <c>infra/nginx</c> and nothing changed in it but the two addresses.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private const string Example = "infra/nginx/orleansrealtime.conf";

    private readonly TemporaryFolder _folder;
    private readonly Process _process;
    private readonly Task<string> _log;

    private NginxProcess(TemporaryFolder folder, Process process, Task<string> log, int port)
    {
        _log = log;
        _folder = folder;
        _process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    public static async Task<NginxProcess> StartAsync(Uri server)
    {
        var folder = new TemporaryFolder();
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "nginx.conf"), await ConfigurationAsync(folder.Path, server, port));
        var process = Process.Start(new ProcessStartInfo(NginxFactAttribute.ExecutablePath)
        {
            ArgumentList = { "-p", folder.Path, "-c", "nginx.conf", "-e", "stderr" },
            RedirectStandardError = true,
        })!;
        return new NginxProcess(folder, process, await AwaitListeningAsync(process), port);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _log;
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task<string> ConfigurationAsync(string folder, Uri server, int port)
    {
        var example = await File.ReadAllTextAsync(Path.Combine(ServerBinary.RepositoryRoot, Example));
        Assert.Contains("server 127.0.0.1:5080;", example, StringComparison.Ordinal);
        Assert.Contains("listen 80;", example, StringComparison.Ordinal);
        var site = example
            .Replace("server 127.0.0.1:5080;", $"server {server.Authority};", StringComparison.Ordinal)
            .Replace("listen 80;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal);
        var temporary = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {folder}/{name};\n"));
        return $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr notice;
            events { }
            http {
            access_log off;
            {{temporary}}
            {{site}}
            }
            """;
    }

    // The sockets are open before nginx says what system it runs on.
    private static async Task<Task<string>> AwaitListeningAsync(Process process)
    {
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
        {
            said.Add(line);
            if (line.Contains("OS: ", StringComparison.Ordinal))
            {
                // What is not read would one day fill the pipe, and nginx would stand still.
                return process.StandardError.ReadToEndAsync();
            }
        }

        throw new XunitException($"nginx ended: {string.Join(Environment.NewLine, said)}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
