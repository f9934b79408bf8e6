using System.Text.Json;
using OrleansRealtime.Protocol.Commands;

namespace OrleansRealtime.Protocol.Json;

internal ref partial struct JsonCommandReader
{
    private void ReadPayload()
    {
        if (!TryBeginValue(CommandFields.Payload))
        {
            return;
        }

        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            RefuseValue(CommandFields.Payload);
            return;
        }

        while (ReadName())
        {
            ReadPayloadField();
        }
    }

    private void ReadPayloadField()
    {
        switch (PayloadField())
        {
            case CommandFields.Data:
                ReadData();
                break;
            case CommandFields.Encoding:
                ReadEncoding();
                break;
            case CommandFields.From:
                ReadFrom();
                break;
            case CommandFields.Features:
                ReadFeatures();
                break;
            case (CommandFields.MessageId or CommandFields.Key or CommandFields.Token or CommandFields.Session
                or CommandFields.Method) and var text:
                ReadText(text);
                break;
            case (CommandFields.Version or CommandFields.Last or CommandFields.Limit or CommandFields.Conflate)
                and var number:
                ReadNumber(number);
                break;
            case (CommandFields.Presence or CommandFields.Reverse) and var flag:
                ReadFlag(flag);
                break;
            default:
                SkipField();
                break;
        }
    }

    private readonly CommandFields PayloadField() => this switch
    {
        _ when NameIs("data"u8) => CommandFields.Data,
        _ when NameIs("mid"u8) => CommandFields.MessageId,
        _ when NameIs("key"u8) => CommandFields.Key,
        _ when NameIs("encoding"u8) => CommandFields.Encoding,
        _ when NameIs("from"u8) => CommandFields.From,
        _ when NameIs("last"u8) => CommandFields.Last,
        _ when NameIs("presence"u8) => CommandFields.Presence,
        _ when NameIs("conflate"u8) => CommandFields.Conflate,
        _ when NameIs("limit"u8) => CommandFields.Limit,
        _ when NameIs("reverse"u8) => CommandFields.Reverse,
        _ when NameIs("method"u8) => CommandFields.Method,
        _ when NameIs("token"u8) => CommandFields.Token,
        _ when NameIs("v"u8) => CommandFields.Version,
        _ when NameIs("session"u8) => CommandFields.Session,
        _ when NameIs("features"u8) => CommandFields.Features,
        _ => CommandFields.None,
    };

    private void ReadText(CommandFields field)
    {
        if (!TryBeginValue(field))
        {
            return;
        }

        if (TryGetText(CommandDraft.MaxLengthOf(field), out var text))
        {
            _draft.SetText(field, text);
        }
        else
        {
            RefuseValue(field);
        }
    }

    private void ReadNumber(CommandFields field)
    {
        if (!TryBeginValue(field))
        {
            return;
        }

        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out var number))
        {
            _draft.SetNumber(field, number);
        }
        else
        {
            RefuseValue(field);
        }
    }

    private void ReadFlag(CommandFields field)
    {
        if (!TryBeginValue(field))
        {
            return;
        }

        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            _draft.SetFlag(field, _reader.TokenType == JsonTokenType.True);
        }
        else
        {
            RefuseValue(field);
        }
    }

    private void ReadFeatures()
    {
        if (!TryBeginValue(CommandFields.Features))
        {
            return;
        }

        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            RefuseValue(CommandFields.Features);
            return;
        }

        var features = new List<string>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (features.Count < CommandLimits.MaxFeatures
                && TryGetText(CommandLimits.MaxFeatureLength, out var feature))
            {
                features.Add(feature);
            }
            else
            {
                RefuseValue(CommandFields.Features);
            }
        }

        _draft.SetFeatures(features);
    }

    private void ReadFrom()
    {
        if (!TryBeginValue(CommandFields.From))
        {
            return;
        }

        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            RefuseValue(CommandFields.From);
            return;
        }

        string? epoch = null;
        var sequence = -1L;
        while (ReadName())
        {
            if (NameIs("epoch"u8))
            {
                ReadEpoch(ref epoch);
            }
            else if (NameIs("seq"u8))
            {
                ReadSequence(ref sequence);
            }
            else
            {
                SkipField();
            }
        }

        if (epoch is null || sequence < 0)
        {
            _draft.Refuse(CommandFields.From);
            return;
        }

        _draft.SetFrom(epoch, sequence);
    }

    private void ReadEpoch(ref string? epoch)
    {
        _reader.Read();
        if (epoch is not null || !TryGetText(Epoch.MaxLength, out epoch))
        {
            RefuseValue(CommandFields.From);
        }
    }

    private void ReadSequence(ref long sequence)
    {
        _reader.Read();
        if (sequence >= 0
            || _reader.TokenType != JsonTokenType.Number
            || !_reader.TryGetInt64(out sequence)
            || sequence is < 0 or > CommandLimits.MaxNumber)
        {
            RefuseValue(CommandFields.From);
        }
    }
}
