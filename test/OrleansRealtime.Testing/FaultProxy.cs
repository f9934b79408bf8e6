using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrleansRealtime.Testing;

/// <summary>A TCP proxy whose links a test can delay, stall, throttle, half-close and cut.</summary>
/// <remarks>Safe for concurrent use. What it does to a link holds for bytes that it has not passed on yet.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Link, Task> _links = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly int _targetPort;
    private readonly TimeProvider _time;
    private volatile TaskCompletionSource? _stalledToClient;
    private volatile TaskCompletionSource? _stalledToServer;
    private long _bytesToClient;

    /// <summary>Listens, and passes on to a port of this machine.</summary>
    public FaultProxy(int targetPort, TimeProvider? time = null)
    {
        _targetPort = targetPort;
        _time = time ?? TimeProvider.System;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to instead.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long each piece is held back before it is passed on. Default none.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The largest piece that is read and passed on at once, in bytes.</summary>
    public int PieceBytes { get; set; } = 16 * 1024;

    /// <summary>Whether new connections are refused.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>Called at each new connection, also at those that are refused. Default nothing.</summary>
    public Action? OnAccepted { get; init; }

    /// <summary>How many bytes were passed on to clients.</summary>
    public long BytesToClient => Interlocked.Read(ref _bytesToClient);

    /// <summary>How many links are up.</summary>
    public int Links => _links.Count;

    /// <summary>Passes nothing on to clients until <see cref="Resume"/>; what piles up, piles up at the server.</summary>
    public void StallToClient() => _stalledToClient ??= NewGate();

    /// <summary>Passes nothing on to the server until <see cref="Resume"/>.</summary>
    public void StallToServer() => _stalledToServer ??= NewGate();

    /// <summary>Passes everything on again.</summary>
    public void Resume()
    {
        Interlocked.Exchange(ref _stalledToClient, null)?.SetResult();
        Interlocked.Exchange(ref _stalledToServer, null)?.SetResult();
    }

    /// <summary>Resets all links, both sides.</summary>
    public void Cut()
    {
        foreach (var link in _links.Keys)
        {
            link.Cut();
        }
    }

    /// <summary>Tells every server that its client sends no more, while the way back stays open.</summary>
    public void HalfCloseToServer()
    {
        foreach (var link in _links.Keys)
        {
            try
            {
                link.Server.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The link is not up yet, or has ended meanwhile.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Resume();
        Cut();
        await _accepting;
        await Task.WhenAll(_links.Values);
        _stop.Dispose();
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                return;
            }

            OnAccepted?.Invoke();
            if (IsRefusing)
            {
                client.Close(timeout: 0);
                continue;
            }

            var link = new Link(client, new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            _links[link] = Task.CompletedTask;
            var running = RunAsync(link);
            _links.TryUpdate(link, running, Task.CompletedTask);
        }
    }

    private async Task RunAsync(Link link)
    {
        try
        {
            await link.Server.ConnectAsync(IPAddress.Loopback, _targetPort, _stop.Token);
            var toServer = PumpAsync(link.Client, link.Server, () => _stalledToServer, static _ => { });
            var toClient = PumpAsync(
                link.Server, link.Client, () => _stalledToClient, count => Interlocked.Add(ref _bytesToClient, count));
            await Task.WhenAll(CutOnFailureAsync(toServer, link), CutOnFailureAsync(toClient, link));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The server refuses, or the proxy ends.
        }
        finally
        {
            link.Cut();
            _links.TryRemove(link, out _);
        }
    }

    // A link that breaks on one side breaks on both.
    private static async Task CutOnFailureAsync(Task pump, Link link)
    {
        try
        {
            await pump;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            link.Cut();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Func<TaskCompletionSource?> gate, Action<int> onPassed)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            if (gate() is { } closed)
            {
                await closed.Task.WaitAsync(_stop.Token);
            }

            var count = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, PieceBytes)), _stop.Token);
            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, _time, _stop.Token);
            }

            if (gate() is { } closedMeanwhile)
            {
                await closedMeanwhile.Task.WaitAsync(_stop.Token);
            }

            await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            onPassed(count);
        }
    }

    private sealed record Link(Socket Client, Socket Server)
    {
        // A linger time of zero makes the close a reset.
        public void Cut()
        {
            Client.Close(timeout: 0);
            Server.Close(timeout: 0);
        }
    }
}
