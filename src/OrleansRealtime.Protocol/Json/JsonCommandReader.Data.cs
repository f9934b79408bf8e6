using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using OrleansRealtime.Protocol.Commands;

namespace OrleansRealtime.Protocol.Json;

internal ref partial struct JsonCommandReader
{
    private void ReadEncoding()
    {
        if (!TryBeginValue(CommandFields.Encoding))
        {
            return;
        }

        if (_reader.TokenType == JsonTokenType.String && !IsHalfCharacter && _reader.ValueTextEquals("base64"u8))
        {
            _isBase64 = true;
        }
        else
        {
            RefuseValue(CommandFields.Encoding);
        }
    }

    /// <summary>Checks the data and remembers where it stands; <c>null</c> is data like any other.</summary>
    private void ReadData()
    {
        _reader.Read();
        if (!_draft.TryBegin(CommandFields.Data))
        {
            SkipValue();
            return;
        }

        var start = (int)_reader.TokenStartIndex;
        _isDataText = _reader.TokenType == JsonTokenType.String;
        if (JsonData.TryPass(ref _reader))
        {
            _data = _message[start..(int)_reader.BytesConsumed];
        }
        else
        {
            _draft.Refuse(CommandFields.Data);
        }
    }

    /// <summary>Copies the data out of the message, once it is known how it is encoded and that the command has any.</summary>
    private void TakeData()
    {
        // One JSON value has at least one byte.
        if (_data.IsEmpty || !_draft.Reads(CommandFields.Data))
        {
            return;
        }

        if (!_isBase64)
        {
            _draft.SetPayload(Payload.Json(_data.ToArray()));
            return;
        }

        if (_isDataText && TryDecodeBase64(_data, out var bytes))
        {
            _draft.SetPayload(Payload.Binary(bytes));
        }
        else
        {
            _draft.Refuse(CommandFields.Data);
        }
    }

    private static bool TryDecodeBase64(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        // Some writers escape the slash, which base64 contains.
        if (text.Contains((byte)'\\'))
        {
            return TryDecodeEscapedBase64(text, out bytes);
        }

        text = text[1..^1];
        bytes = [];

        // The decoder passes over white space, which RFC 4648, section 3.3, forbids.
        if (text.Length % 4 != 0 || text.ContainsAny(" \t\r\n"u8))
        {
            return false;
        }

        var padding = text is [.., (byte)'=', (byte)'='] ? 2 : text is [.., (byte)'='] ? 1 : 0;
        bytes = new byte[(text.Length / 4 * 3) - padding];
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) == OperationStatus.Done && written == bytes.Length;
    }

    private static bool TryDecodeEscapedBase64(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        var reader = new Utf8JsonReader(text);
        reader.Read();
        var unescaped = new byte[text.Length];
        unescaped[0] = (byte)'"';
        var length = reader.CopyString(unescaped.AsSpan(1));
        unescaped[length + 1] = (byte)'"';
        var plain = unescaped.AsSpan(0, length + 2);
        bytes = [];
        return !plain.Contains((byte)'\\') && TryDecodeBase64(plain, out bytes);
    }
}
