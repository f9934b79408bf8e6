using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Protocol.Commands;
using OrleansRealtime.Protocol.Json;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Reads one command from a Protobuf message.</summary>
/// <remarks>As in JSON the whole message is read before it is judged, and a known field that occurs twice is refused.</remarks>
internal struct ProtobufCommandReader
{
    // A UTF-16 code unit takes at most three bytes of UTF-8.
    private const int MaxBytesPerCharacter = 3;

    private CommandDraft _draft;
    private List<string>? _features;
    private bool _isMalformed;
    private bool _hasUnknown;

    /// <summary>Reads the command, or says why there is none. Never throws.</summary>
    public bool TryRead(
        ReadOnlySpan<byte> message,
        [NotNullWhen(true)] out ClientCommand? command,
        [NotNullWhen(false)] out CommandFault? fault)
    {
        ReadEnvelope(message);
        if (_isMalformed)
        {
            command = null;
            fault = new CommandFault(
                _draft.Id, new RealtimeError(RealtimeErrorCode.BadRequest, "The message is not Protobuf."), IsMalformed: true);
            return false;
        }

        if (_features is not null)
        {
            _draft.SetFeatures(_features);
        }

        if (_draft.Type == CommandType.None && _hasUnknown)
        {
            _draft.SetUnknownType("?");
        }

        return _draft.TryBuild(out command, out fault);
    }

    private void ReadEnvelope(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.TryNext())
        {
            switch (reader.Field, reader.Wire)
            {
                case (ProtobufNumbers.Id, WireType.Bytes):
                    if (TryText(ref reader, CommandFields.Id, out var id))
                    {
                        _draft.SetId(id, isNumber: false);
                    }

                    break;
                case (ProtobufNumbers.Channel, WireType.Bytes):
                    ReadText(ref reader, CommandFields.Channel);
                    break;
                case (var number, WireType.Bytes) when ProtobufNumbers.CommandOf(number) is var type and not CommandType.None:
                    ReadCommand(type, reader.Bytes);
                    break;
                default:
                    _hasUnknown = true;
                    break;
            }
        }

        _isMalformed |= reader.IsBroken;
    }

    private void ReadCommand(CommandType type, ReadOnlySpan<byte> message)
    {
        if (!_draft.TryBegin(CommandFields.Type))
        {
            return;
        }

        _draft.SetType(type);
        var reader = new ProtobufReader(message);
        while (reader.TryNext())
        {
            var field = ProtobufNumbers.FieldOf(type, reader.Field);
            if (reader.Wire == WireType.Varint)
            {
                ReadNumber(field, reader.Number);
            }
            else if (reader.Wire == WireType.Bytes)
            {
                ReadBytes(ref reader, field);
            }
        }

        _isMalformed |= reader.IsBroken;
    }

    private void ReadNumber(CommandFields field, ulong number)
    {
        switch (field)
        {
            case CommandFields.Presence or CommandFields.Reverse:
                if (_draft.TryBegin(field))
                {
                    _draft.SetFlag(field, number != 0);
                }

                break;
            case CommandFields.Version or CommandFields.Last or CommandFields.Limit or CommandFields.Conflate:
                // Zero stands for absent.
                if (_draft.TryBegin(field) && number != 0)
                {
                    _draft.SetNumber(field, unchecked((long)number));
                }

                break;
        }
    }

    private void ReadBytes(ref ProtobufReader reader, CommandFields field)
    {
        switch (field)
        {
            case CommandFields.Token or CommandFields.Session or CommandFields.MessageId or CommandFields.Key
                or CommandFields.Method:
                ReadText(ref reader, field);
                break;
            case CommandFields.Features:
                ReadFeature(ref reader);
                break;
            case CommandFields.From when _draft.TryBegin(field):
                ReadFrom(reader.Bytes);
                break;
            case CommandFields.Data when _draft.TryBegin(field):
                ReadData(reader.Bytes);
                break;
        }
    }

    private void ReadText(ref ProtobufReader reader, CommandFields field)
    {
        if (TryText(ref reader, field, out var text))
        {
            _draft.SetText(field, text);
        }
    }

    private bool TryText(ref ProtobufReader reader, CommandFields field, [NotNullWhen(true)] out string? text)
    {
        text = null;

        // An empty text stands for an absent one.
        if (!_draft.TryBegin(field) || reader.Bytes.IsEmpty)
        {
            return false;
        }

        if (!TryText(ref reader, CommandDraft.MaxLengthOf(field), out text))
        {
            _draft.Refuse(field);
        }

        return text is not null;
    }

    private static bool TryText(ref ProtobufReader reader, int maxLength, [NotNullWhen(true)] out string? text)
    {
        text = reader.Bytes.Length / MaxBytesPerCharacter <= maxLength ? reader.Text() : null;
        text = text?.Length <= maxLength ? text : null;
        return text is not null;
    }

    private void ReadFeature(ref ProtobufReader reader)
    {
        _features ??= [];
        if (_features.Count < CommandLimits.MaxFeatures
            && TryText(ref reader, CommandLimits.MaxFeatureLength, out var feature)
            && feature.Length > 0)
        {
            _features.Add(feature);
        }
        else
        {
            _draft.Refuse(CommandFields.Features);
        }
    }

    private void ReadFrom(ReadOnlySpan<byte> message)
    {
        string? epoch = null;
        ulong? sequence = null;
        var isGood = true;
        var reader = new ProtobufReader(message);
        while (reader.TryNext())
        {
            if (reader is { Field: 1, Wire: WireType.Bytes })
            {
                isGood &= epoch is null && TryText(ref reader, Epoch.MaxLength, out epoch) && epoch.Length > 0;
            }
            else if (reader is { Field: 2, Wire: WireType.Varint })
            {
                isGood &= sequence is null && reader.Number <= CommandLimits.MaxNumber;
                sequence = reader.Number;
            }
        }

        _isMalformed |= reader.IsBroken;
        if (isGood && epoch is not null)
        {
            _draft.SetFrom(epoch, (long)(sequence ?? 0));
        }
        else
        {
            _draft.Refuse(CommandFields.From);
        }
    }

    private void ReadData(ReadOnlySpan<byte> message)
    {
        var contents = 0;
        Payload? payload = null;
        var reader = new ProtobufReader(message);
        while (reader.TryNext())
        {
            if (reader is { Field: ProtobufNumbers.Json, Wire: WireType.Bytes })
            {
                contents++;
                payload = JsonData.TryTake(reader.Bytes, out var json) ? Payload.Json(json.ToArray()) : null;
            }
            else if (reader is { Field: ProtobufNumbers.Binary, Wire: WireType.Bytes })
            {
                contents++;
                payload = Payload.Binary(reader.Bytes.ToArray());
            }
        }

        _isMalformed |= reader.IsBroken;
        if (contents == 1 && payload is { } taken)
        {
            _draft.SetPayload(taken);
        }
        else if (contents > 0)
        {
            _draft.Refuse(CommandFields.Data);
        }
    }
}
