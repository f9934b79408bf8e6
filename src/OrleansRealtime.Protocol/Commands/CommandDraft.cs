using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Protocol.Commands;

/// <summary>A command while it is being read: what its fields hold, which were seen, and which were wrong.</summary>
/// <remarks>
/// A codec reads all fields before it judges any, because the type may stand after the field that it gives a meaning, and
/// the id after the one that is wrong. The rules are here, once for all encodings.
/// </remarks>
internal struct CommandDraft
{
    // Enough to recognise a misspelling; an answer is no way to have long texts sent back.
    private const int MaxEchoedType = 40;

    private CommandFields _seen;
    private CommandFields _given;
    private CommandFields _wrong;
    private CommandFields _repeated;
    private string? _unknownType;
    private bool _isTooDeep;

    public CommandId Id { get; private set; }

    public CommandType Type { get; private set; }

    private ChannelName _channel;
    private string? _token;
    private int _version;
    private IReadOnlyList<string>? _features;
    private string? _session;
    private Position _from;
    private int _last;
    private bool _presence;
    private long _conflate;
    private Payload _payload;
    private string? _messageId;
    private string? _key;
    private int _limit;
    private bool _reverse;
    private string? _method;

    /// <summary>Whether the command reads this field.</summary>
    public readonly bool Reads(CommandFields field) => (CommandRules.ReadBy(Type) & field) != 0;

    /// <summary>Notes that a field occurs.</summary>
    /// <returns>False when it occurred before: then its value must not be read.</returns>
    public bool TryBegin(CommandFields field)
    {
        if ((_seen & field) != 0)
        {
            _repeated |= field;
            return false;
        }

        _seen |= field;
        return true;
    }

    /// <summary>Notes that a field holds what it must not.</summary>
    public void Refuse(CommandFields field) => _wrong |= field;

    /// <summary>Notes that the message nests too deep.</summary>
    public void RefuseDepth() => _isTooDeep = true;

    public void SetId(string text, bool isNumber) => Id = new CommandId(text, isNumber);

    public void SetType(CommandType type) => Type = type;

    public void SetUnknownType(string name)
    {
        Type = CommandType.Unknown;
        _unknownType = name.Length <= MaxEchoedType ? name : Cut(name) + "…";
    }

    /// <summary>Takes the text of a field, whose length the codec has checked.</summary>
    public void SetText(CommandFields field, string text)
    {
        switch (field)
        {
            case CommandFields.Channel when !ChannelName.TryParse(text, out _channel):
                Refuse(field);
                return;
            case CommandFields.Channel:
                break;
            case CommandFields.Token:
                _token = text;
                break;
            case CommandFields.Session:
                _session = text;
                break;
            case CommandFields.MessageId:
                _messageId = text;
                break;
            case CommandFields.Key:
                _key = text;
                break;
            case CommandFields.Method:
                _method = text;
                break;
            default:
                throw new UnreachableException();
        }

        _given |= field;
    }

    /// <summary>Takes the number of a field, and refuses it when it is out of range.</summary>
    public void SetNumber(CommandFields field, long number)
    {
        var (least, most) = RangeOf(field);
        if (number < least || number > most)
        {
            Refuse(field);
            return;
        }

        switch (field)
        {
            case CommandFields.Version:
                _version = (int)number;
                break;
            case CommandFields.Last:
                _last = (int)number;
                break;
            case CommandFields.Limit:
                _limit = (int)number;
                break;
            default:
                _conflate = number;
                break;
        }

        _given |= field;
    }

    public void SetFlag(CommandFields field, bool value)
    {
        if (field == CommandFields.Presence)
        {
            _presence = value;
        }
        else
        {
            _reverse = value;
        }

        _given |= field;
    }

    public void SetFeatures(IReadOnlyList<string> features)
    {
        _features = features;
        _given |= CommandFields.Features;
    }

    public void SetFrom(string epoch, long sequence)
    {
        _from = new Position(new Epoch(epoch), sequence);
        _given |= CommandFields.From;
    }

    public void SetPayload(Payload payload)
    {
        _payload = payload;
        _given |= CommandFields.Data;
    }

    /// <summary>The greatest length of the text of a field.</summary>
    public static int MaxLengthOf(CommandFields field) => field switch
    {
        CommandFields.Id => CommandId.MaxLength,
        CommandFields.Channel => ChannelName.MaxLength,
        CommandFields.Session => SessionId.MaxLength,
        CommandFields.MessageId => Publication.MaxMessageIdLength,
        CommandFields.Key => Publication.MaxKeyLength,
        CommandFields.Method => CommandLimits.MaxMethodLength,
        // Bounded by the message, and judged by who validates tokens.
        CommandFields.Token => int.MaxValue,
        _ => throw new UnreachableException(),
    };

    /// <summary>Makes the command, or says what is wrong with it first.</summary>
    public readonly bool TryBuild(
        [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out CommandFault? fault)
    {
        command = null;
        fault = FindFault() is { } error ? new CommandFault(Id, error, IsMalformed: false) : null;
        if (fault is null)
        {
            command = Build();
            return true;
        }

        return false;
    }

    private static (long Least, long Most) RangeOf(CommandFields field) => field switch
    {
        CommandFields.Version => (1, int.MaxValue),
        CommandFields.Last => (0, CommandLimits.MaxPublications),
        CommandFields.Limit => (1, CommandLimits.MaxPublications),
        CommandFields.Conflate =>
            ((long)CommandLimits.MinConflate.TotalMilliseconds, (long)CommandLimits.MaxConflate.TotalMilliseconds),
        _ => throw new UnreachableException(),
    };

    private readonly RealtimeError? FindFault()
    {
        var read = CommandRules.ReadBy(Type);
        if ((_repeated & read) != CommandFields.None)
        {
            return BadRequest($"'{CommandRules.NameOf(CommandRules.First(_repeated & read))}' is given more than once.");
        }

        if ((_wrong & read) != CommandFields.None)
        {
            return BadRequest(CommandRules.RuleOf(CommandRules.First(_wrong & read)));
        }

        if (_isTooDeep)
        {
            return BadRequest($"A message may nest at most {CommandLimits.MaxDepth} deep.");
        }

        if (Type == CommandType.Unknown)
        {
            return new RealtimeError(RealtimeErrorCode.UnknownType, $"There is no message type '{_unknownType}'.");
        }

        if (Type == CommandType.None)
        {
            return BadRequest("'type' is missing.");
        }

        var missing = CommandRules.NeededBy(Type) & ~_given;
        return missing == CommandFields.None
            ? null
            : BadRequest($"'{CommandRules.NameOf(CommandRules.First(missing))}' is missing.");
    }

    private readonly ClientCommand Build() => Type switch
    {
        CommandType.Auth => new AuthCommand(
            Id, _token, _version, _features ?? [], _session is null ? null : new SessionId(_session)),
        CommandType.Refresh => new RefreshCommand(Id, _token!),
        CommandType.Subscribe => new SubscribeCommand(Id, _channel, From, _last, _presence, Conflate),
        CommandType.Unsubscribe => new UnsubscribeCommand(Id, _channel),
        CommandType.Publish => new PublishCommand(Id, _channel, _payload, _messageId, _key),
        CommandType.Signal => new SignalCommand(Id, _channel, _payload, _key),
        CommandType.History => new HistoryCommand(Id, _channel, From, _limit, _reverse),
        CommandType.Presence => new PresenceCommand(Id, _channel),
        CommandType.Call => new CallCommand(Id, _method!, _payload),
        CommandType.Ping => new PingCommand(Id),
        _ => throw new UnreachableException(),
    };

    private static string Cut(string name) =>
        name[..(char.IsHighSurrogate(name[MaxEchoedType - 1]) ? MaxEchoedType - 1 : MaxEchoedType)];

    private readonly Position? From => (_given & CommandFields.From) != 0 ? _from : null;

    private readonly TimeSpan? Conflate =>
        (_given & CommandFields.Conflate) != 0 ? TimeSpan.FromMilliseconds(_conflate) : null;

    private static RealtimeError BadRequest(string detail) => new(RealtimeErrorCode.BadRequest, detail);
}
