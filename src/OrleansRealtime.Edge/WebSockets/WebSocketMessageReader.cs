using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Reads a client's messages from a byte stream by the rules of RFC 6455.</summary>
/// <remarks>
/// For one reading loop; not safe for concurrent use. It owns the pipe: payloads are unmasked where they lie in it, so
/// nobody else may read it. Between messages it holds no buffer, if the pipe holds none (zero-byte reads). Bad input is
/// returned as a fault and never thrown; so is the end of the transport, however it ends.
/// </remarks>
internal sealed class WebSocketMessageReader : IDisposable
{
    private readonly PipeReader _input;
    private readonly WebSocketMessageAssembler _assembler;
    private SequencePosition? _releaseTo;
    private WebSocketMessage? _last;

    /// <param name="input">The bytes; completed when the reader is disposed.</param>
    /// <param name="isBinary">Whether messages are binary; otherwise they are text. The other kind is a fault (1003).</param>
    /// <param name="maxMessageBytes">The longest message, in bytes; a longer one is a fault (1009).</param>
    /// <param name="mayBeCompressed">Whether messages may be compressed.</param>
    public WebSocketMessageReader(PipeReader input, bool isBinary, int maxMessageBytes, bool mayBeCompressed = false)
    {
        _input = input;
        _assembler = new WebSocketMessageAssembler(isBinary, maxMessageBytes, mayBeCompressed);
    }

    /// <summary>A pipe over a connection's stream that holds no buffer while it waits for the first byte.</summary>
    // Kestrel's own transport waits the same way, so an idle connection owns no read buffer at all.
    public static PipeReader CreateInput(Stream stream) =>
        PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true, leaveOpen: true));

    /// <summary>Releases the previous message and waits for the next.</summary>
    /// <returns>The next message; after a close, a fault or the end, the same or the end again and again.</returns>
    /// <exception cref="OperationCanceledException">The token asked for it; the reader can be used on.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WebSocketMessage> ReadAsync(CancellationToken cancellationToken)
    {
        Release();
        while (_last is null)
        {
            ReadResult result;
            try
            {
                result = await _input.ReadAsync(cancellationToken);
            }
            catch (Exception exception) when (IsEndOfTransport(exception, cancellationToken))
            {
                _last = new WebSocketMessage(WebSocketMessageKind.Ended, default, null);
                break;
            }

            var buffer = result.Buffer;
            if (_assembler.TryRead(ref buffer, out var message))
            {
                _releaseTo = buffer.Start;
                if (message.Kind is WebSocketMessageKind.Close or WebSocketMessageKind.Fault)
                {
                    // The payload goes with the buffer; only the reason is worth repeating.
                    _last = message with { Payload = default };
                }

                return message;
            }

            _input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                _last = new WebSocketMessage(WebSocketMessageKind.Ended, default, null);
            }
        }

        return _last.Value;
    }

    /// <summary>Gives back the memory of the previous message; its payload must not be used any more.</summary>
    public void Release()
    {
        if (_releaseTo is { } consumed)
        {
            _releaseTo = null;
            _input.AdvanceTo(consumed);
        }

        _assembler.Release();
    }

    /// <summary>Reads and forgets whatever comes, until the client ends the stream or the token says that it is enough.</summary>
    /// <remarks>
    /// To be awaited, with a limit, between sending a close frame and closing the socket: closing a socket with unread input
    /// resets it, and the reset can take the close frame with it (RFC 6455, section 7.1.1).
    /// </remarks>
    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        Release();
        try
        {
            ReadResult result;
            do
            {
                result = await _input.ReadAsync(cancellationToken);
                _input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Both ways the draining is over.
        }
    }

    /// <summary>Gives back all memory and completes the pipe.</summary>
    public void Dispose()
    {
        Release();
        _assembler.Dispose();
        _input.Complete();
    }

    // Kestrel tells of a reset or aborted connection by an IOException or by an OperationCanceledException of its own.
    private static bool IsEndOfTransport(Exception exception, CancellationToken cancellationToken) =>
        exception is IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
