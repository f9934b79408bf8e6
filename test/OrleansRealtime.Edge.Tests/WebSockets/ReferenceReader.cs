using System.Text;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>RFC 6455 and RFC 7692 read from all bytes at once, rule by rule in the order of the text, with nothing done to be fast.</summary>
/// <remarks>It shares no code with the reader that it judges, down to the decoders of UTF-8 and DEFLATE.</remarks>
internal sealed class ReferenceReader(byte[] bytes, bool isBinary, bool isCompressed, int maxMessageBytes)
{
    /// <summary>
    /// What is cut or damaged may also expand to too much, and which of the two is seen first depends on how far an inflater looks
    /// ahead.
    /// </summary>
    public const string TooLongOrNotDeflate = "Fault 1009 or 1007";

    private const int MaxPieces = 8;

    // What may complete a character: the ends of the ranges in Unicode's table 3-7.
    private static readonly byte[] Continuations = [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF];
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly List<string> _lines = [];
    private readonly List<byte> _message = [];
    private int _at;
    private bool _isInside;
    private bool _isMessageCompressed;
    private int _emptyParts;

    /// <summary>What a reader must make of it, in the lines of <see cref="Transcript"/>.</summary>
    public IReadOnlyList<string> Read()
    {
        string? end;
        do
        {
            end = ReadFrame();
        }
        while (end is null);

        return [.. _lines, end];
    }

    // Null when there may be another frame.
    private string? ReadFrame()
    {
        if (_at == bytes.Length)
        {
            return "Ended";
        }

        var first = bytes[_at];
        var isFinal = (first & 0x80) != 0;
        var isFrameCompressed = (first & 0x40) != 0;
        var opcode = first & 0x0F;
        if ((first & 0x30) != 0 || (isFrameCompressed && !(isCompressed && opcode is 1 or 2)))
        {
            return "Fault 1002";
        }

        if (opcode is not (0 or 1 or 2 or 8 or 9 or 10) || (opcode >= 8 && !isFinal))
        {
            return "Fault 1002";
        }

        if (_at + 1 == bytes.Length)
        {
            return "Ended";
        }

        var second = bytes[_at + 1];
        if ((second & 0x80) == 0 || (opcode >= 8 && (second & 0x7F) > 125))
        {
            return "Fault 1002";
        }

        var lengthBytes = (second & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
        if (_at + 2 + lengthBytes > bytes.Length)
        {
            return "Ended";
        }

        var length = lengthBytes == 0 ? (ulong)(second & 0x7F) : 0;
        foreach (var value in bytes[(_at + 2)..(_at + 2 + lengthBytes)])
        {
            length = (length << 8) | value;
        }

        if ((lengthBytes == 2 && length < 126) || (lengthBytes == 8 && length is < 65_536 or > long.MaxValue))
        {
            return "Fault 1002";
        }

        var start = _at + 2 + lengthBytes + 4;
        if (start > bytes.Length)
        {
            return "Ended";
        }

        if (opcode < 8 && FaultOfData(opcode, isFrameCompressed, length) is { } fault)
        {
            return fault;
        }

        if ((ulong)start + length > (ulong)bytes.Length)
        {
            return "Ended";
        }

        var payload = bytes[start..(start + (int)length)];
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= bytes[start - 4 + (i % 4)];
        }

        _at = start + payload.Length;
        return opcode switch
        {
            8 => Close(payload),
            9 => Say("Ping", Convert.ToHexString(payload)),
            10 => Say("Pong", Convert.ToHexString(payload)),
            _ => Data(opcode, isFinal, isFrameCompressed, payload),
        };
    }

    private string? FaultOfData(int opcode, bool isFrameCompressed, ulong length)
    {
        if (opcode == 0 != _isInside)
        {
            return "Fault 1002";
        }

        if (opcode != 0 && opcode != (isBinary ? 2 : 1))
        {
            return "Fault 1003";
        }

        var limit = (opcode == 0 ? _isMessageCompressed : isFrameCompressed)
            ? maxMessageBytes + (maxMessageBytes / 4096) + (maxMessageBytes / 16_384) + 13
            : maxMessageBytes;
        return length + (ulong)_message.Count > (ulong)limit || _emptyParts > maxMessageBytes ? "Fault 1009" : null;
    }

    private string? Data(int opcode, bool isFinal, bool isFrameCompressed, byte[] payload)
    {
        if (opcode != 0)
        {
            _isMessageCompressed = isFrameCompressed;
        }

        _message.AddRange(payload);
        _emptyParts += payload.Length == 0 && !(isFinal && opcode != 0) ? 1 : 0;
        _isInside = !isFinal;
        if (!isFinal)
        {
            return isBinary || _isMessageCompressed || MayBecomeUtf8([.. _message]) ? null : "Fault 1007";
        }

        byte[] whole = [.. _message];
        _message.Clear();
        _emptyParts = 0;
        try
        {
            whole = _isMessageCompressed ? SlowInflate.Expand(whole, maxMessageBytes, MaxPieces) : whole;
        }
        catch (Exception exception) when (exception is InvalidDataException or OverflowException)
        {
            return TooLongOrNotDeflate;
        }

        if (isBinary)
        {
            return Say("Binary", Convert.ToHexString(whole));
        }

        return IsUtf8(whole) ? Say("Text", Encoding.UTF8.GetString(whole)) : "Fault 1007";
    }

    private static string Close(byte[] payload)
    {
        if (payload.Length == 0)
        {
            return "Close 1000";
        }

        var code = payload.Length > 1 ? (payload[0] << 8) | payload[1] : 0;
        if (code is < 1000 or 1004 or 1005 or 1006 or (> 1014 and < 3000) or > 4999)
        {
            return "Fault 1002";
        }

        return IsUtf8(payload[2..]) ? $"Close {code} {Encoding.UTF8.GetString(payload[2..])}".TrimEnd() : "Fault 1007";
    }

    private string? Say(string kind, string text)
    {
        _lines.Add($"{kind} {Transcript.Shorten(text)}".TrimEnd());
        return null;
    }

    private static bool IsUtf8(byte[] text)
    {
        try
        {
            Strict.GetCharCount(text);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    // Whether there is anything that could follow.
    private static bool MayBecomeUtf8(byte[] text) =>
        IsUtf8(text)
        || Continuations.Any(a => IsUtf8([.. text, a]))
        || Continuations.Any(a => Continuations.Any(b => IsUtf8([.. text, a, b])))
        || Continuations.Any(a => Continuations.Any(b => Continuations.Any(c => IsUtf8([.. text, a, b, c]))));
}
