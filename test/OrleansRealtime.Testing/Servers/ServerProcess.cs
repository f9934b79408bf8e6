using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.Servers;

/// <summary>The built server in a process of its own, to be killed, stopped and started again. Always ended at disposal.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServerProgram _program;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Queue<string> _log = new();
    private readonly Lock _lock = new();
    private readonly string _environment;
    private Process? _process;
    private int _port;

    private ServerProcess(ServerProgram program, IReadOnlyDictionary<string, string> settings, string environment)
    {
        _program = program;
        _settings = settings;
        _environment = environment;
    }

    /// <summary>Where the server listens; the same after every restart.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>The process while one runs.</summary>
    public int ProcessId => Running.Id;

    /// <summary>The resident memory of the process, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            Running.Refresh();
            return Running.WorkingSet64;
        }
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string Log
    {
        get
        {
            lock (_lock)
            {
                return string.Join(Environment.NewLine, _log);
            }
        }
    }

    private Process Running => _process ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>Starts a server on a free port and waits until it is ready.</summary>
    /// <param name="settings">Its configuration.</param>
    /// <param name="environment">The hosting environment.</param>
    public static Task<ServerProcess> StartAsync(ServerSettings settings, string environment = "Production") =>
        StartAsync(ServerProgram.Server, settings.Values, environment);

    /// <summary>Starts a program on a free port and waits until it is ready.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="settings">Its configuration, with <c>:</c> between the levels of a key.</param>
    /// <param name="environment">The hosting environment.</param>
    public static async Task<ServerProcess> StartAsync(
        ServerProgram program, IReadOnlyDictionary<string, string> settings, string environment = "Production")
    {
        var server = new ServerProcess(program, settings, environment);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, on the same port, with the same configuration.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _program.WorkingDirectory,
        };
        foreach (var argument in (string[])[_program.Path, .. _program.Arguments, "--urls", $"http://127.0.0.1:{_port}"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = start.Environment["DOTNET_ENVIRONMENT"] = _environment;
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        foreach (var (key, value) in _settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var listening = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data, listening);
        process.ErrorDataReceived += (_, line) => Take(line.Data, listening);
        process.Exited += (_, _) => listening.TrySetResult(0);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;

        _port = await WithinPatienceAsync(listening.Task, "listen") is > 0 and var port
            ? port
            : throw new XunitException($"The server ended before it listened:{Environment.NewLine}{Log}");
        await AwaitReadinessAsync();
    }

    /// <summary>Ends it as a crash does (SIGKILL).</summary>
    public Task KillAsync()
    {
        Running.Kill();
        return AwaitExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Terminate();
        return await AwaitExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM) and does not wait.</summary>
    public void Terminate() => _ = SendSignal(Running.Id, 15);

    /// <summary>Waits until it has ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> AwaitExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var process = Running;
        await process.WaitForExitAsync(patience.Token);
        _process = null;
        var code = process.ExitCode;
        process.Dispose();
        return code;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    [GeneratedRegex(@"Now listening on: http://[^:]+:(\d+)")]
    private static partial Regex ListeningLine();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);

    private void Take(string? line, TaskCompletionSource<int> listening)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _log.Enqueue(line);
            if (_log.Count > 300)
            {
                _log.Dequeue();
            }
        }

        if (ListeningLine().Match(line) is { Success: true } match)
        {
            listening.TrySetResult(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    // The server answers 503 while it gets ready; each answer is awaited, and there is no pause to guess.
    private async Task AwaitReadinessAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = Patience };
        var deadline = Stopwatch.StartNew();
        HttpStatusCode status;
        do
        {
            using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            status = response.StatusCode;
        }
        while (status == HttpStatusCode.ServiceUnavailable && deadline.Elapsed < Patience);

        if (status != HttpStatusCode.OK)
        {
            throw new XunitException($"The server is not ready but answers {(int)status}:{Environment.NewLine}{Log}");
        }
    }

    private async Task<T> WithinPatienceAsync<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new XunitException($"The server did not {what} within {Patience.TotalSeconds} s:{Environment.NewLine}{Log}");
        }
    }
}
