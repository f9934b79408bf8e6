namespace OrleansRealtime.Protocol.Commands;

/// <summary>Which fields each command reads and needs, and what is said when one is wrong. Pure.</summary>
internal static class CommandRules
{
    // Whatever the type, a message whose frame cannot be read is refused.
    private const CommandFields Envelope = CommandFields.Id | CommandFields.Type;
    private const CommandFields Carried = CommandFields.Payload | CommandFields.Encoding | CommandFields.Data;

    /// <summary>The fields that a command of this type reads; others are ignored, whatever they hold.</summary>
    public static CommandFields ReadBy(CommandType type) => Envelope | type switch
    {
        CommandType.Auth => CommandFields.Payload | CommandFields.Token | CommandFields.Version
            | CommandFields.Features | CommandFields.Session,
        CommandType.Refresh => CommandFields.Payload | CommandFields.Token,
        CommandType.Subscribe => CommandFields.Channel | CommandFields.Payload | CommandFields.From
            | CommandFields.Last | CommandFields.Presence | CommandFields.Conflate,
        CommandType.Unsubscribe or CommandType.Presence => CommandFields.Channel,
        CommandType.Publish => CommandFields.Channel | Carried | CommandFields.MessageId | CommandFields.Key,
        CommandType.Signal => CommandFields.Channel | Carried | CommandFields.Key,
        CommandType.History => CommandFields.Channel | CommandFields.Payload | CommandFields.From
            | CommandFields.Limit | CommandFields.Reverse,
        CommandType.Call => Carried | CommandFields.Method,
        _ => CommandFields.None,
    };

    /// <summary>The fields without which a command of this type means nothing.</summary>
    public static CommandFields NeededBy(CommandType type) => type switch
    {
        CommandType.Auth => CommandFields.Version,
        CommandType.Refresh => CommandFields.Token,
        CommandType.Subscribe or CommandType.Unsubscribe or CommandType.Presence => CommandFields.Channel,
        CommandType.Publish or CommandType.Signal => CommandFields.Channel | CommandFields.Data,
        CommandType.History => CommandFields.Channel | CommandFields.Limit,
        CommandType.Call => CommandFields.Data | CommandFields.Method,
        _ => CommandFields.None,
    };

    /// <summary>The first of several fields.</summary>
    public static CommandFields First(CommandFields fields) => fields & (CommandFields)(-(int)fields);

    /// <summary>How a field is called on the wire.</summary>
    public static string NameOf(CommandFields field) => field switch
    {
        CommandFields.Id => "id",
        CommandFields.Type => "type",
        CommandFields.Channel => "channel",
        CommandFields.Payload => "payload",
        CommandFields.Token => "token",
        CommandFields.Version => "v",
        CommandFields.Features => "features",
        CommandFields.Session => "session",
        CommandFields.From => "from",
        CommandFields.Last => "last",
        CommandFields.Presence => "presence",
        CommandFields.Conflate => "conflate",
        CommandFields.Encoding => "encoding",
        CommandFields.Data => "data",
        CommandFields.MessageId => "mid",
        CommandFields.Key => "key",
        CommandFields.Limit => "limit",
        CommandFields.Reverse => "reverse",
        CommandFields.Method => "method",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "Not one field."),
    };

    /// <summary>What a field must be, for people.</summary>
    public static string RuleOf(CommandFields field) => field switch
    {
        CommandFields.Id => "'id' must be a text of 1 to 64 characters or a whole number from 0 to 9007199254740991.",
        CommandFields.Type => "'type' must be a text.",
        CommandFields.Channel =>
            "'channel' must be a channel name: 1 to 200 ASCII letters, digits and _ - . : / @, not starting with ':'.",
        CommandFields.Payload => "'payload' must be an object.",
        CommandFields.Token => "'token' must be a text of at least 1 character.",
        CommandFields.Version => "'v' must be a whole number from 1: the protocol version.",
        CommandFields.Features => "'features' must be a list of at most 32 texts of 1 to 64 characters.",
        CommandFields.Session => "'session' must be a text of 1 to 64 characters.",
        CommandFields.From => "'from' must be a position: 'epoch', a text of 1 to 64 characters, and 'seq', a whole number from 0.",
        CommandFields.Last => "'last' must be a whole number from 0 to 1000.",
        CommandFields.Presence => "'presence' must be true or false.",
        CommandFields.Conflate => "'conflate' must be a whole number of milliseconds from 10 to 60000.",
        CommandFields.Encoding => "'encoding' must be 'base64', or left out for JSON data.",
        CommandFields.Data =>
            "'data' must be one JSON value, nested at most 60 deep and without unpaired surrogates, or base64 when 'encoding' says so.",
        CommandFields.MessageId => "'mid' must be a text of 1 to 64 characters.",
        CommandFields.Key => "'key' must be a text of 1 to 128 characters.",
        CommandFields.Limit => "'limit' must be a whole number from 1 to 1000.",
        CommandFields.Reverse => "'reverse' must be true or false.",
        CommandFields.Method => "'method' must be a text of 1 to 128 characters.",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "Not one field."),
    };
}
