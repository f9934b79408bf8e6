using System.Buffers;
using System.Runtime.InteropServices;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>A WebSocket on its socket: reads in its loop whatever arrived and hands the messages to the connection there.</summary>
/// <remarks>
/// It owns memory only while a message is incomplete or being carried out: it receives into the loop's buffer, which is its own
/// from when it must keep something of it.
/// </remarks>
#pragma warning disable CA1001 // What it owns is given back by its end, which its loop always tells it of.
internal sealed class DirectWebSocket : LoopSocket, IThreadPoolWorkItem
#pragma warning restore CA1001
{
    // One socket that always has more must let the others have their turn.
    private const int MaxBytesPerTurn = 256 * 1024;

    // What is free at least before more is received behind what is there.
    private const int MinRoom = 4 * 1024;

    private readonly EventLoop _loop;
    private readonly DirectTransport _transport;
    private readonly WebSocketMessageAssembler _assembler;
    private readonly EdgeNode _node;
    private readonly Connection _connection;
    private readonly int _descriptor;

    // What was received and not taken yet; null when there is nothing.
    private byte[]? _kept;
    private int _keptStart;
    private int _keptEnd;
    private bool _isKeptRented;
    private bool _isReadable = true;

    // Whether the peer may have ended the stream: its end raises no edge of its own when it was reported with the last bytes, or
    // before this was the one to be told.
    private bool _isEndDue;

    // What is left of the request that made it a WebSocket, and comes before all else.
    private int _headLeft;
    private bool _isBusy = true;
    private CloseReason? _ended;

    /// <summary>Creates the reader of a connection that was just made; it reads once <see cref="Begin"/> is called.</summary>
    /// <param name="loop">Where it is watched.</param>
    /// <param name="descriptor">The socket, which it closes.</param>
    /// <param name="transport">Its other direction.</param>
    /// <param name="connection">Who is given the messages.</param>
    /// <param name="headLength">How many bytes are there of the request, which were looked at and not taken.</param>
    /// <param name="events">What was told of the socket so far.</param>
    public DirectWebSocket(
        EventLoop loop, int descriptor, DirectTransport transport, Connection connection, int headLength, uint events)
    {
        _headLeft = headLength;
        _isEndDue = IsMoreThanData(events);
        _loop = loop;
        _descriptor = descriptor;
        _transport = transport;
        _connection = connection;
        _node = connection.Node;
        _assembler = new WebSocketMessageAssembler(
            transport.Format.Codec.IsBinary, _node.Options.MaxMessageBytes, transport.Format.IsCompressed);
    }

    /// <summary>Starts the connection and then reads. Called in the loop.</summary>
    public void Begin(DirectAdmission admission)
    {
        try
        {
            var started = _connection.StartAsync(admission.Handshake.Identity, admission.Session);
            if (!started.IsCompletedSuccessfully)
            {
                _ = ContinueAfterAsync(started);
                return;
            }

            _isBusy = false;
            Read();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <inheritdoc/>
    public override void OnReady(uint events)
    {
        if ((events & Libc.WriteReady) != 0)
        {
            _transport.OnWritable();
        }

        if ((events & ~Libc.WriteReady) != 0)
        {
            _isReadable = true;
            _isEndDue |= IsMoreThanData(events);
            Read();
        }
    }

    /// <summary>What was carried out is, or the socket had enough for one turn: goes on.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _isBusy = false;
        _assembler.Release();
        if (Slot < 0)
        {
            Free();
            return;
        }

        try
        {
            Read();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <inheritdoc/>
    public override void OnFault()
    {
        _connection.Close(CloseReason.ServerFault);
        End(CloseReason.ServerFault);
    }

    private static bool IsMoreThanData(uint events) => (events & ~(Libc.WriteReady | Libc.ReadReady)) != 0;

    private void Fail(Exception exception)
    {
        _node.Log.ConnectionFailed(_connection.Id.Value, exception);
        _isBusy = false;
        OnFault();
    }

    private void Read()
    {
        var budget = MaxBytesPerTurn;
        while (!_isBusy && Slot >= 0)
        {
            if (_kept is not null)
            {
                Take(_kept);
            }

            if (_isBusy || !_isReadable)
            {
                return;
            }

            if (budget <= 0)
            {
                _isBusy = true;
                _loop.Post(this);
                return;
            }

            var room = Room();
            var received = Libc.Receive(_descriptor, room);
            if (received <= 0)
            {
                OnNothing(received);
                continue;
            }

            // A short read empties a stream socket, so that the next byte raises another edge (epoll(7)).
            _isReadable = _isEndDue || received == room.Length;
            budget -= received;
            if (_kept is not null)
            {
                _keptEnd += received;
            }
            else
            {
                (_keptStart, _keptEnd) = (Math.Min(_headLeft, received), received);
                _headLeft -= _keptStart;
                Take(_loop.Buffer);
            }
        }
    }

    private void OnNothing(int received)
    {
        var error = received == 0 ? 0 : Marshal.GetLastPInvokeError();
        switch (error)
        {
            case Libc.Again:
                _isReadable = _isEndDue = false;
                break;
            case Libc.Interrupted:
                break;
            default:
                End(_ended ?? CloseReason.GoingAway);
                break;
        }
    }

    /// <summary>Where to receive: behind what is kept, or in the loop's buffer.</summary>
    private Span<byte> Room()
    {
        if (_kept is null)
        {
            return _loop.Buffer;
        }

        if (_kept.Length - _keptEnd < MinRoom)
        {
            Keep(_kept.AsSpan(_keptStart.._keptEnd), (2 * (_keptEnd - _keptStart)) + MinRoom);
        }

        return _kept.AsSpan(_keptEnd);
    }

    /// <summary>Takes the messages that lie between the marks, and keeps what is left of the last one.</summary>
    private void Take(byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes, _keptStart, _keptEnd - _keptStart);
        while (_ended is null && _assembler.TryRead(ref input, out var message))
        {
            var taken = WebSocketInbound.TakeAsync(_connection, message, out _ended);
            if (!taken.IsCompletedSuccessfully)
            {
                // The message lies in these bytes until it is carried out, so they stay where they are.
                _keptStart = _keptEnd - (int)input.Length;
                if (_kept is null)
                {
                    (_kept, _isKeptRented) = (_loop.TakeBuffer(), false);
                }

                _isBusy = true;
                _ = ContinueAfterAsync(taken);
                return;
            }

            _assembler.Release();
        }

        // Behind the last message that counts, whatever comes is only read away until the peer ends the stream.
        var rest = _ended is null ? (int)input.Length : 0;
        _keptStart = _keptEnd - rest;
        if (rest == 0)
        {
            Release();
        }
        else if (_kept is null || _kept.Length / 4 > rest + MinRoom)
        {
            // Not the whole buffer of a loop for the beginning of a message whose rest may never come.
            Keep(bytes.AsSpan(_keptStart, rest), rest + MinRoom);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes, int capacity)
    {
        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        bytes.CopyTo(larger);
        var length = bytes.Length;
        Release();
        (_kept, _keptStart, _keptEnd, _isKeptRented) = (larger, 0, length, true);
    }

    private void Release()
    {
        if (_kept is not null && _isKeptRented)
        {
            ArrayPool<byte>.Shared.Return(_kept);
        }
        else if (_kept is not null)
        {
            _loop.GiveBack(_kept);
        }

        _kept = null;
    }

    private async Task ContinueAfterAsync(ValueTask taken)
    {
        try
        {
            await taken.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The connection boundary: a bug costs this connection.
            _node.Log.ConnectionFailed(_connection.Id.Value, exception);
            _connection.Close(CloseReason.ServerFault);
            _transport.Abort();
        }

        _loop.Post(this);
    }

    private void End(CloseReason reason)
    {
        if (Slot < 0)
        {
            return;
        }

        _loop.Forget(this);
        _transport.Close();
        if (!_isBusy)
        {
            Free();
        }

        _connection.OnEnded(reason);
    }

    // Not while a message is carried out, which lies in this memory.
    private void Free()
    {
        Release();
        _assembler.Dispose();
    }
}
