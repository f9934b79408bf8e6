using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>One WebSocket of the load: connects, joins its channel, and checks that what is delivered has no hole and no double.</summary>
/// <remarks>Lives in the loop that was given; <see cref="Send"/> may be called from anywhere, by one at a time.</remarks>
#pragma warning disable CA1001 // Its run closes it.
internal sealed class LoadClient : LoopSocket, IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private readonly EventLoop _loop;
    private readonly LoadRun _run;
    private readonly Dialect _dialect;
    private readonly int _index;
    private readonly SourceAddress _source;
    private byte[] _join = [];
    private Socket? _socket;
    private int _descriptor = -1;
    private byte[]? _kept;
    private int _keptLength;
    private bool _isUpgraded;
    private bool _isJoined;
    private long _connectedAt;

    /// <summary>Creates a client that is not connected.</summary>
    public LoadClient(LoadRun run, EventLoop loop, int index, LoadChannel channel)
    {
        _run = run;
        _loop = loop;
        _dialect = run.Dialect;
        _index = index;
        _source = new SourceAddress(index);
        Channel = channel;
    }

    /// <summary>Its channel.</summary>
    public LoadChannel Channel { get; }

    /// <summary>The last number that arrived; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>How many arrived since it last began to connect.</summary>
    public long Received { get; private set; }

    /// <summary>When it began to connect, as a timestamp.</summary>
    public long ConnectedAt => _connectedAt;

    /// <summary>Whether what it missed was promised to it when it came back.</summary>
    public bool IsRecovered { get; private set; }

    /// <summary>Whether it was told that something will not come, and it has not come yet.</summary>
    public bool ExpectsGap { get; set; }

    /// <summary>Whether it reads; a stalled one leaves everything in the socket.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>What the kernel may keep for it until it is read; null for what the system thinks right. Set before it connects.</summary>
    public int? ReceiveBufferBytes { get; set; }

    /// <summary>Where its own latencies are counted too; null for nowhere.</summary>
    public Latencies? Latencies { get; set; }

    /// <summary>Called in the loop for each delivery.</summary>
    public Action? Delivered { get; set; }

    /// <summary>Called in the loop for each message instead of looking for deliveries.</summary>
    public HeardHandler? Heard { get; set; }

    /// <summary>Called in the loop after the last message that one read brought.</summary>
    public Action<LoadClient>? AllHeard { get; set; }

    /// <summary>Makes what it will say, so that signing its token is no part of what is measured.</summary>
    /// <param name="resumes">Whether it goes on after the last number that it has.</param>
    public void Prepare(bool resumes)
    {
        Position? from = resumes ? new Position(Channel.Epoch, Last) : null;
        _join = [.. _dialect.Join(_index, Channel.Name, from).SelectMany(message => ClientFrame.Of(message, _dialect.IsBinary))];
        (_isUpgraded, _isJoined, IsRecovered, Received) = (false, false, false, 0);
        Keep([]);
    }

    /// <summary>Begins to connect, in the loop.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _connectedAt = Stopwatch.GetTimestamp();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,

            // An end that waits for late packets would keep its port from the thousands that come after it.
            LingerState = new LingerOption(true, 0),
        };
        if (ReceiveBufferBytes is { } bytes)
        {
            _socket.ReceiveBufferSize = bytes;
        }

        _source.Bind(_socket);
        _socket.Connect(_run.Server);
        _socket.Blocking = false;
        _descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        _loop.TryAdd(this, _descriptor, Libc.ReadReady | Libc.PeerClosed | Libc.EdgeTriggered);
        Send(Encoding.ASCII.GetBytes(
            $"GET {_dialect.Path} HTTP/1.1\r\nHost: localhost:{_run.Server.Port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{_dialect.HandshakeLines(_index)}\r\n"));
    }

    /// <summary>Sends bytes; a socket that takes no more is a fault of the load, which is meant not to write that much.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = Libc.Send(_descriptor, bytes);
            if (sent < 0)
            {
                if (Marshal.GetLastPInvokeError() == Libc.Again)
                {
                    Thread.SpinWait(100);
                    continue;
                }

                _run.OnLost("a send failed");
                return;
            }

            bytes = bytes[sent..];
        }
    }

    /// <summary>Publishes the next number in its channel; one client of a channel does, so that numbers arrive in order.</summary>
    /// <param name="due">When that is due: latency counts from there, however late it is sent.</param>
    /// <param name="payloadBytes">How long the payload is.</param>
    public void Publish(long due, int payloadBytes) => Send(ClientFrame.Of(
        _dialect.Publish(Channel.Name, Marker.Payload(++Channel.Published, due, payloadBytes)), _dialect.IsBinary));

    /// <summary>Stops or begins to read, in the loop.</summary>
    public void Stall(bool isStalled)
    {
        IsStalled = isStalled;
        if (!isStalled)
        {
            OnReady(Libc.ReadReady);
        }
    }

    /// <summary>Ends the socket, in the loop.</summary>
    public void Close()
    {
        if (Slot >= 0)
        {
            _loop.Remove(this, _descriptor);
        }

        _socket?.Dispose();
    }

    /// <inheritdoc/>
    public override void OnReady(uint events)
    {
        while (!IsStalled && Slot >= 0)
        {
            var room = _keptLength > 0 ? _kept.AsSpan(_keptLength) : _loop.Buffer;
            var received = Libc.Receive(_descriptor, room);
            if (received <= 0)
            {
                if (received == 0 || Marshal.GetLastPInvokeError() != Libc.Again)
                {
                    _run.OnLost("the server ended it");
                    Close();
                }

                return;
            }

            var isAll = received < room.Length;
            if (_keptLength > 0)
            {
                Take(_kept.AsSpan(0, _keptLength + received));
            }
            else
            {
                Take(_loop.Buffer.AsSpan(0, received));
            }

            if (isAll)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override void OnFault()
    {
        _run.OnLost("a bug");
        Close();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (!_isUpgraded)
        {
            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                OnUpgraded(bytes[..end]);
                bytes = bytes[(end + 4)..];
            }
        }

        while (_isUpgraded && TryTakeFrame(ref bytes, out var opcode, out var payload))
        {
            OnFrame(opcode, payload);
        }

        Keep(bytes);
        AllHeard?.Invoke(this);
    }

    private void OnUpgraded(ReadOnlySpan<byte> head)
    {
        _isUpgraded = true;
        if (!head.StartsWith("HTTP/1.1 101"u8))
        {
            _run.OnLost(Encoding.ASCII.GetString(head[..Math.Min(head.Length, 60)]));
            return;
        }

        Send(_join);
    }

    private void OnFrame(int opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode == 9)
        {
            Send(ClientFrame.Of(payload, _dialect.IsBinary, opcode: 10));
            return;
        }

        if (opcode == 8)
        {
            _run.OnLost($"closed: {Encoding.UTF8.GetString(payload.Length > 2 ? payload[2..] : payload)}");
            return;
        }

        if (Heard is { } heard)
        {
            heard(this, payload);
            return;
        }

        if (TakePublications(payload))
        {
            return;
        }

        if (!_isJoined)
        {
            if (_dialect.TryReadJoined(payload, out var joined))
            {
                _isJoined = true;
                IsRecovered = joined.IsRecovered;
                Channel.Epoch = joined.Epoch;
                _run.OnJoined(this);
            }
        }
        else if (_dialect.IsGap(payload))
        {
            ExpectsGap = true;
        }

        if (_dialect.Answer(payload, Channel.Name) is { } answer)
        {
            Send(ClientFrame.Of(answer, _dialect.IsBinary));
        }
    }

    private bool TakePublications(ReadOnlySpan<byte> message)
    {
        var isPublication = false;
        while (Marker.TryFind(message, out var number, out var due, out message))
        {
            isPublication = true;
            _run.OnDelivered(this, number, due);
            Last = Math.Max(Last, number);
            Received++;
            Delivered?.Invoke();
        }

        return isPublication;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            if (_kept is not null)
            {
                ArrayPool<byte>.Shared.Return(_kept);
                _kept = null;
            }

            _keptLength = 0;
            return;
        }

        var next = ArrayPool<byte>.Shared.Rent(Math.Max(64 * 1024, rest.Length * 2));
        rest.CopyTo(next);
        if (_kept is not null)
        {
            ArrayPool<byte>.Shared.Return(_kept);
        }

        (_kept, _keptLength) = (next, rest.Length);
    }

    private static bool TryTakeFrame(ref ReadOnlySpan<byte> bytes, out int opcode, out ReadOnlySpan<byte> payload)
    {
        opcode = 0;
        payload = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        opcode = bytes[0] & 0x0F;
        var header = 2;
        long length = bytes[1];
        if (length == 126)
        {
            header = 4;
            length = bytes.Length < header ? long.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (length == 127)
        {
            header = 10;
            length = bytes.Length < header ? long.MaxValue : BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        }

        if (bytes.Length - header < length)
        {
            return false;
        }

        payload = bytes.Slice(header, (int)length);
        bytes = bytes[(header + (int)length)..];
        return true;
    }
}

/// <summary>Is told of a message; the bytes are lent.</summary>
internal delegate void HeardHandler(LoadClient client, ReadOnlySpan<byte> message);
