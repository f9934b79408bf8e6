using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using OrleansRealtime.Protocol.Commands;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Reads one command from the bytes of a JSON message, in one pass.</summary>
/// <remarks>
/// The pass goes to the end of the message even when a field is wrong, so that an id behind it is found. Data is not
/// parsed into anything: it is checked and its bytes are remembered.
/// </remarks>
internal ref partial struct JsonCommandReader
{
    // The depth is limited below, so that a deep message is told from a malformed one and its id is still found.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    private readonly ReadOnlySpan<byte> _message;
    private Utf8JsonReader _reader;
    private CommandDraft _draft;
    private ReadOnlySpan<byte> _data;
    private bool _isDataText;
    private bool _isBase64;

    public JsonCommandReader(ReadOnlySpan<byte> message)
    {
        _message = message;
        _reader = new Utf8JsonReader(message, Options);
    }

    /// <summary>Reads the command, or says why there is none. Never throws.</summary>
    public bool TryRead([NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out CommandFault? fault)
    {
        command = null;

        // The reader leaves the insides of strings unchecked.
        if (!Utf8.IsValid(_message))
        {
            fault = Malformed("The message is not UTF-8.");
            return false;
        }

        try
        {
            _reader.Read();
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                SkipValue();
                _reader.Read();
                fault = new CommandFault(default, BadRequest("A message must be a JSON object."), IsMalformed: false);
                return false;
            }

            ReadEnvelope();
            _reader.Read();
        }
        catch (JsonException)
        {
            fault = Malformed("The message is not JSON (RFC 8259).");
            return false;
        }

        TakeData();
        return _draft.TryBuild(out command, out fault);
    }

    private static RealtimeError BadRequest(string detail) => new(RealtimeErrorCode.BadRequest, detail);

    private readonly CommandFault Malformed(string detail) => new(_draft.Id, BadRequest(detail), IsMalformed: true);

    private void ReadEnvelope()
    {
        while (ReadName())
        {
            if (NameIs("type"u8))
            {
                ReadType();
            }
            else if (NameIs("id"u8))
            {
                ReadId();
            }
            else if (NameIs("channel"u8))
            {
                ReadText(CommandFields.Channel);
            }
            else if (NameIs("payload"u8))
            {
                ReadPayload();
            }
            else
            {
                SkipField();
            }
        }
    }

    private void ReadType()
    {
        if (!TryBeginValue(CommandFields.Type))
        {
            return;
        }

        if (_reader.TokenType != JsonTokenType.String || IsHalfCharacter)
        {
            RefuseValue(CommandFields.Type);
            return;
        }

        var type = TypeOf(_reader);
        if (type == CommandType.Unknown)
        {
            _draft.SetUnknownType(_reader.GetString()!);
            return;
        }

        _draft.SetType(type);
    }

    private void ReadId()
    {
        if (!TryBeginValue(CommandFields.Id))
        {
            return;
        }

        if (_reader.TokenType == JsonTokenType.Number
            && _reader.TryGetInt64(out var number) && number is >= 0 and <= CommandLimits.MaxNumber)
        {
            _draft.SetId(number.ToString(CultureInfo.InvariantCulture), isNumber: true);
        }
        else if (TryGetText(CommandId.MaxLength, out var text))
        {
            _draft.SetId(text, isNumber: false);
        }
        else
        {
            RefuseValue(CommandFields.Id);
        }
    }

    private static CommandType TypeOf(in Utf8JsonReader reader) => reader switch
    {
        _ when reader.ValueTextEquals("publish"u8) => CommandType.Publish,
        _ when reader.ValueTextEquals("signal"u8) => CommandType.Signal,
        _ when reader.ValueTextEquals("subscribe"u8) => CommandType.Subscribe,
        _ when reader.ValueTextEquals("unsubscribe"u8) => CommandType.Unsubscribe,
        _ when reader.ValueTextEquals("ping"u8) => CommandType.Ping,
        _ when reader.ValueTextEquals("auth"u8) => CommandType.Auth,
        _ when reader.ValueTextEquals("refresh"u8) => CommandType.Refresh,
        _ when reader.ValueTextEquals("history"u8) => CommandType.History,
        _ when reader.ValueTextEquals("presence"u8) => CommandType.Presence,
        _ when reader.ValueTextEquals("call"u8) => CommandType.Call,
        _ => CommandType.Unknown,
    };
}
