using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Server.WarmUp;

/// <summary>A WebSocket client of a rehearsal: says what clients say, and looks in what it hears for a text that shows that it was done.</summary>
/// <remarks>For one caller at a time. Everything it waits for ends when its token is cancelled.</remarks>
internal sealed class RehearsalClient : IDisposable
{
    private const int TextFrame = 0x81;
    private const int Masked = 0x80;
    private const int LengthInTwoBytes = 126;

    private static readonly IFrameCodec Codec = FrameCodecs.Default;

    // The mask is zero here and below, which the protocol allows.
    private static readonly byte[] NormalClosure = [0x88, Masked | 2, 0, 0, 0, 0, 1000 >> 8, 1000 & 0xFF];

    private static readonly byte[] Handshake = Encoding.ASCII.GetBytes(
        $"GET {RehearsalNode.Path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: {Codec.Subprotocol}\r\n\r\n");

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _heard = new byte[2048];
    private int _length;

    /// <summary>Connects and shakes hands.</summary>
    public async Task ConnectAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(server, cancellationToken);
        await _socket.SendAsync(Handshake, cancellationToken);
        await HearAsync("\r\n\r\n", cancellationToken);
    }

    /// <summary>Says one thing, or several at once as clients do that do not wait for each answer.</summary>
    public async Task SayAsync(CancellationToken cancellationToken, params ClientCommand[] commands) =>
        await _socket.SendAsync(commands.SelectMany(Frame).ToArray(), cancellationToken);

    /// <summary>Waits until what came after the last text that was heard has <paramref name="text"/> in it.</summary>
    /// <exception cref="InvalidOperationException">The server ended the connection; the message says what it had said.</exception>
    public async Task HearAsync(string text, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        int at;
        while ((at = _heard.AsSpan(0, _length).IndexOf(bytes)) < 0)
        {
            if (_length == _heard.Length)
            {
                Array.Resize(ref _heard, _length * 2);
            }

            var count = await _socket.ReceiveAsync(_heard.AsMemory(_length), cancellationToken);
            _length += count;
            if (count == 0)
            {
                throw new InvalidOperationException($"Instead of '{text}' came '{Encoding.UTF8.GetString(_heard, 0, _length)}'.");
            }
        }

        var rest = at + bytes.Length;
        _heard.AsSpan(rest, _length - rest).CopyTo(_heard);
        _length -= rest;
    }

    /// <summary>Closes as the protocol wants it, and waits for the end.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await _socket.SendAsync(NormalClosure, cancellationToken);
        while (await _socket.ReceiveAsync(_heard, cancellationToken) > 0)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static byte[] Frame(ClientCommand command)
    {
        var message = new ArrayBufferWriter<byte>();
        Codec.WriteCommand(command, message);
        var length = message.WrittenCount;
        byte[] lengthBytes = length < LengthInTwoBytes
            ? [(byte)(Masked | length)]
            : [Masked | LengthInTwoBytes, (byte)(length >> 8), (byte)length];
        return [TextFrame, .. lengthBytes, 0, 0, 0, 0, .. message.WrittenSpan];
    }
}
