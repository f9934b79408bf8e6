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
    // Others have their turn after as many; what waits still is reported again.
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
    }

    /// <summary>Gives a connection to Kestrel as it is.</summary>
    public void HandOver(int descriptor)
    {
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        var connection = _contexts.Create(socket);
        if (!_handedOver.Writer.TryWrite(connection))
        {
            // Nobody accepts any more.
            connection.Abort();
            Handshake.Node.Track(connection.DisposeAsync().AsTask());
        }
    }

    /// <summary>Begins to accept; or, when it accepts already, stops.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (Volatile.Read(ref _isUnbinding) != 0)
        {
            OnFault();
        }
        else if (!_loop.TryAdd(this, _descriptor, Libc.ReadReady))
        {
            throw new IOException($"'{EndPoint}' could not be listened on: error {Marshal.GetLastPInvokeError()}.");
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

            // Whoever gave up before it was accepted is no reason to stop; without descriptors the next round tries again.
            if (Marshal.GetLastPInvokeError() is not (Libc.Interrupted or Libc.ConnectionAborted))
            {
                return;
            }
        }
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
