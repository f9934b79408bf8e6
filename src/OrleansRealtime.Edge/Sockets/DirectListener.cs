using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>Accepts the connections of one address in the event loops, and gives Kestrel those that are not plain WebSocket handshakes.</summary>
internal sealed class DirectListener : LoopSocket, IConnectionListener, IThreadPoolWorkItem
{
    // Others have their turn after as many.
    private const int MaxAcceptsPerTurn = 128;

    private readonly SocketEngine _engine;
    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly Channel<ConnectionContext> _handedOver = Channel.CreateUnbounded<ConnectionContext>();
    private readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private int _next;
    private int _isUnbinding;
    private bool _isShort;

    /// <summary>Listens on a socket that is bound, and owns it.</summary>
    public DirectListener(
        SocketEngine engine, DirectHandshake handshake, Socket socket, SocketConnectionContextFactory contexts)
    {
        _engine = engine;
        Handshake = handshake;
        _socket = socket;
        _contexts = contexts;
        _loop = engine.Loops[0];
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        EndPoint = socket.LocalEndPoint!;
        _loop.Post(this);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>Who decides handshakes.</summary>
    public DirectHandshake Handshake { get; }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _handedOver.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_handedOver.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isUnbinding, 1) == 0)
        {
            _loop.Post(this);
        }

        // A host that stops in haste cancels at once, and must have the address back all the same.
        await _unbound.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_handedOver.Reader.TryRead(out var connection))
        {
            await connection.DisposeAsync();
        }

        _contexts.Dispose();
    }

    /// <summary>Gives a connection to Kestrel as it is.</summary>
    public void HandOver(int descriptor)
    {
        if (Volatile.Read(ref _isUnbinding) != 0)
        {
            _ = Libc.Close(descriptor);
            return;
        }

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        ConnectionContext connection;
        try
        {
            connection = _contexts.Create(new Socket(handle));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer is gone, or the listener is.
            handle.Dispose();
            return;
        }

        if (!_handedOver.Writer.TryWrite(connection))
        {
            // Nobody accepts any more.
            connection.Abort();
            Handshake.Node.Track(connection.DisposeAsync().AsTask());
        }
    }

    /// <summary>Begins to accept, or goes on; or stops, when it is to.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (Volatile.Read(ref _isUnbinding) != 0)
        {
            OnFault();
        }
        else if (Slot >= 0)
        {
            OnReady(Libc.ReadReady);
        }
        else if (!_loop.TryAdd(this, _descriptor, Libc.ReadReady | Libc.EdgeTriggered))
        {
            Handshake.Node.Log.BackgroundFailed(
                new IOException($"'{EndPoint}' could not be listened on: error {Marshal.GetLastPInvokeError()}."));
            OnFault();
        }
    }

    /// <inheritdoc/>
    public override void OnReady(uint events)
    {
        Span<byte> address = stackalloc byte[SocketAddress.GetMaximumAddressSize(AddressFamily.InterNetworkV6)];
        for (var i = 0; i < MaxAcceptsPerTurn; i++)
        {
            var accepted = Libc.Accept(_descriptor, address, out var length);
            if (accepted >= 0)
            {
                var loop = _engine.Loops[_next++ % _engine.Loops.Count];
                loop.Post(new FreshSocket(this, loop, accepted, PeerOf(address[..length])));
                continue;
            }

            // Whoever gave up before it was accepted is no reason to stop.
            var error = Marshal.GetLastPInvokeError();
            if (error is Libc.Interrupted or Libc.ConnectionAborted)
            {
                continue;
            }

            if (error != Libc.Again)
            {
                Pause(error);
            }

            return;
        }

        _loop.Post(this);
    }

    /// <summary>There may be descriptors again for those that wait to be accepted.</summary>
    public override void OnTimeout()
    {
        _isShort = false;
        OnReady(Libc.ReadReady);
    }

    /// <inheritdoc/>
    public override void OnFault()
    {
        if (Slot >= 0)
        {
            _loop.Remove(this, _descriptor);
        }

        _socket.Dispose();
        _handedOver.Writer.TryComplete();
        _unbound.TrySetResult();
    }

    // Without descriptors those that wait stay ready, so the loop would do nothing but ask for them: only the next one that comes,
    // or the end of its patience, makes it try again.
    private void Pause(int error)
    {
        if (!_isShort)
        {
            _isShort = true;
            _loop.Expect(this);
            Handshake.Node.Log.AcceptFailed(EndPoint.ToString()!, error);
        }
    }

    private static IPEndPoint PeerOf(ReadOnlySpan<byte> address)
    {
        var copied = new SocketAddress(
            address[0] == (int)AddressFamily.InterNetwork ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, address.Length);
        address.CopyTo(copied.Buffer.Span);
        var template = copied.Family == AddressFamily.InterNetwork ? IPEndPointOf.Any : IPEndPointOf.AnyV6;
        return (IPEndPoint)template.Create(copied);
    }

    private static class IPEndPointOf
    {
        public static readonly IPEndPoint Any = new(IPAddress.Any, 0);

        public static readonly IPEndPoint AnyV6 = new(IPAddress.IPv6Any, 0);
    }
}
