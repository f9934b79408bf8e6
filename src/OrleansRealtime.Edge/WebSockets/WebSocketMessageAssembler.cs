using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Makes messages of frames: the rules of RFC 6455 as a machine that is fed bytes and never waits.</summary>
/// <param name="isBinary">Whether messages are binary; otherwise they are text.</param>
/// <param name="maxMessageBytes">The longest message, expanded, in bytes.</param>
/// <param name="mayBeCompressed">Whether permessage-deflate was negotiated (RFC 7692).</param>
internal sealed class WebSocketMessageAssembler(bool isBinary, int maxMessageBytes, bool mayBeCompressed) : IDisposable
{
    private readonly WebSocketOpcode _dataOpcode = isBinary ? WebSocketOpcode.Binary : WebSocketOpcode.Text;

    // The header that was read when its payload is still to come.
    private WebSocketFrameHeader? _frame;

    // The parts of a fragmented message so far. Single frames, which is nearly all of them, never come here.
    private byte[]? _parts;
    private int _partsLength;
    private int _emptyParts;
    private bool _isInsideMessage;

    // What a compressed message was expanded into.
    private byte[]? _expanded;
    private bool _isCompressed;
    private bool _isDelivered;
    private Utf8Check _utf8;

    /// <summary>Takes as many bytes as it needs, and says whether they made a message.</summary>
    /// <param name="input">Advanced past what was taken. Its memory is written to: payloads are unmasked in place.</param>
    /// <param name="message">The message or fault. Its payload lies in the input, or in memory until <see cref="Release"/>.</param>
    /// <returns>False when more bytes are needed than there are.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> input, out WebSocketMessage message)
    {
        while (true)
        {
            if (_frame is not { } frame)
            {
                var status = WebSocketFrameHeader.TryRead(ref input, mayBeCompressed, out frame);
                if (status == OperationStatus.NeedMoreData)
                {
                    message = default;
                    return false;
                }

                var fault = status == OperationStatus.Done ? FindFault(frame) : CloseReason.ProtocolError;
                if (fault is not null)
                {
                    message = Fault(fault);
                    return true;
                }

                _frame = frame;
            }

            if (input.Length < frame.Length)
            {
                message = default;
                return false;
            }

            _frame = null;
            var payload = input.Slice(0, frame.Length);
            input = input.Slice(payload.End);
            Unmask(payload, frame.MaskKey);
            if (TryTakeFrame(frame, payload, out message))
            {
                return true;
            }
        }
    }

    /// <summary>Gives back the memory of a fragmented or compressed message that was delivered.</summary>
    public void Release()
    {
        if (_isDelivered)
        {
            _isDelivered = false;
            Dispose();
        }
    }

    /// <summary>Gives back the memory of a fragmented or compressed message, delivered or not.</summary>
    public void Dispose()
    {
        ReleaseParts();
        if (_expanded is not null)
        {
            ArrayPool<byte>.Shared.Return(_expanded);
            _expanded = null;
        }
    }

    private void ReleaseParts()
    {
        if (_parts is not null)
        {
            ArrayPool<byte>.Shared.Return(_parts);
            _parts = null;
            _partsLength = 0;
        }
    }

    // What a header breaks in the light of the frames before it.
    private CloseReason? FindFault(WebSocketFrameHeader frame)
    {
        if (frame.IsControl)
        {
            return null;
        }

        var isContinuation = frame.Opcode == WebSocketOpcode.Continuation;
        if (isContinuation != _isInsideMessage)
        {
            return CloseReason.ProtocolError;
        }

        if (!isContinuation && frame.Opcode != _dataOpcode)
        {
            return CloseReason.WrongFormat;
        }

        // Empty parts count as well, or one message could keep the reader busy for ever.
        var isCompressed = isContinuation ? _isCompressed : frame.IsCompressed;
        var limit = isCompressed ? Inflation.MaxCompressedBytes(maxMessageBytes) : maxMessageBytes;
        var isTooLong = frame.Length > limit - _partsLength || _emptyParts > maxMessageBytes;
        return isTooLong ? CloseReason.TooLarge : null;
    }

    private bool TryTakeFrame(
        WebSocketFrameHeader frame, in ReadOnlySequence<byte> payload, out WebSocketMessage message)
    {
        switch (frame.Opcode)
        {
            case WebSocketOpcode.Ping:
                message = new WebSocketMessage(WebSocketMessageKind.Ping, payload, null);
                return true;
            case WebSocketOpcode.Pong:
                message = new WebSocketMessage(WebSocketMessageKind.Pong, payload, null);
                return true;
            case WebSocketOpcode.Close:
                message = WebSocketClosePayload.TryRead(payload, out var reason, out var fault)
                    ? new WebSocketMessage(WebSocketMessageKind.Close, payload, reason)
                    : Fault(fault);
                return true;
            default:
                return TryTakeData(frame, payload, out message);
        }
    }

    private bool TryTakeData(WebSocketFrameHeader frame, in ReadOnlySequence<byte> payload, out WebSocketMessage message)
    {
        if (frame.Opcode != WebSocketOpcode.Continuation)
        {
            _isCompressed = frame.IsCompressed;
        }

        if (!isBinary && !_isCompressed && !IsUtf8SoFar(payload, frame.IsFinal))
        {
            message = Fault(CloseReason.NotUtf8);
            return true;
        }

        var isWhole = frame.IsFinal && !_isInsideMessage;
        if (!isWhole)
        {
            Keep(payload);
        }

        _isInsideMessage = !frame.IsFinal;
        if (!frame.IsFinal)
        {
            message = default;
            return false;
        }

        _isDelivered = !isWhole || _isCompressed;
        _emptyParts = 0;
        var whole = isWhole ? payload : new ReadOnlySequence<byte>(_parts ?? [], 0, _partsLength);
        message = _isCompressed && TryExpand(ref whole) is { } fault
            ? Fault(fault)
            : new WebSocketMessage(isBinary ? WebSocketMessageKind.Binary : WebSocketMessageKind.Text, whole, null);
        return true;
    }

    /// <summary>Expands a message. A compressed text is looked at only when all of it is there: before, it is no text.</summary>
    private CloseReason? TryExpand(ref ReadOnlySequence<byte> message)
    {
        var fault = Inflation.TryExpand(message, maxMessageBytes, out _expanded, out var length);
        ReleaseParts();
        if (fault is not null)
        {
            return fault;
        }

        message = new ReadOnlySequence<byte>(_expanded!, 0, length);
        return isBinary || Utf8.IsValid(_expanded.AsSpan(0, length)) ? null : CloseReason.NotUtf8;
    }

    private bool IsUtf8SoFar(in ReadOnlySequence<byte> payload, bool isEnd)
    {
        foreach (var segment in payload)
        {
            if (!_utf8.TryAccept(segment.Span))
            {
                return false;
            }
        }

        return !isEnd || !_utf8.IsInsideCharacter;
    }

    private void Keep(in ReadOnlySequence<byte> payload)
    {
        if (payload.IsEmpty)
        {
            _emptyParts++;
            return;
        }

        var length = _partsLength + (int)payload.Length;
        if (_parts is null || _parts.Length < length)
        {
            // Doubling, so that a message in many small parts is not copied for each of them.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, 2 * _partsLength));
            _parts.AsSpan(0, _partsLength).CopyTo(larger);
            if (_parts is not null)
            {
                ArrayPool<byte>.Shared.Return(_parts);
            }

            _parts = larger;
        }

        payload.CopyTo(_parts.AsSpan(_partsLength));
        _partsLength = length;
    }

    private static void Unmask(in ReadOnlySequence<byte> payload, uint key)
    {
        foreach (var segment in payload)
        {
            key = WebSocketMask.Apply(MemoryMarshal.AsMemory(segment).Span, key);
        }
    }

    private static WebSocketMessage Fault(CloseReason reason) => new(WebSocketMessageKind.Fault, default, reason);
}
