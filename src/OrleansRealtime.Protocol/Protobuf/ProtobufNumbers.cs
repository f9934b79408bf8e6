using OrleansRealtime.Protocol.Commands;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>The field numbers of <c>realtime.v1.proto</c> that reader and writer share.</summary>
internal static class ProtobufNumbers
{
    public const int Id = 1;
    public const int Channel = 2;
    public const int Time = 3;

    public const int Json = 1;
    public const int Binary = 2;

    private static readonly CommandType[] Commands =
    [
        CommandType.Auth, CommandType.Refresh, CommandType.Subscribe, CommandType.Unsubscribe, CommandType.Publish,
        CommandType.Signal, CommandType.History, CommandType.Presence, CommandType.Call, CommandType.Ping,
    ];

    private const int FirstCommand = 3;

    /// <summary>The command whose number this is, or <see cref="CommandType.None"/>.</summary>
    public static CommandType CommandOf(int number) =>
        number >= FirstCommand && number < FirstCommand + Commands.Length
            ? Commands[number - FirstCommand]
            : CommandType.None;

    /// <summary>The number of a command.</summary>
    public static int Of(CommandType type) => FirstCommand + Array.IndexOf(Commands, type);

    /// <summary>The field of a command that has this number, or none.</summary>
    public static CommandFields FieldOf(CommandType type, int number) => (type, number) switch
    {
        (CommandType.Auth, 1) => CommandFields.Token,
        (CommandType.Auth, 2) => CommandFields.Version,
        (CommandType.Auth, 3) => CommandFields.Features,
        (CommandType.Auth, 4) => CommandFields.Session,
        (CommandType.Refresh, 1) => CommandFields.Token,
        (CommandType.Subscribe, 1) => CommandFields.From,
        (CommandType.Subscribe, 2) => CommandFields.Last,
        (CommandType.Subscribe, 3) => CommandFields.Presence,
        (CommandType.Subscribe, 4) => CommandFields.Conflate,
        (CommandType.Publish, 1) => CommandFields.Data,
        (CommandType.Publish, 2) => CommandFields.MessageId,
        (CommandType.Publish, 3) => CommandFields.Key,
        (CommandType.Signal, 1) => CommandFields.Data,
        (CommandType.Signal, 2) => CommandFields.Key,
        (CommandType.History, 1) => CommandFields.From,
        (CommandType.History, 2) => CommandFields.Limit,
        (CommandType.History, 3) => CommandFields.Reverse,
        (CommandType.Call, 1) => CommandFields.Method,
        (CommandType.Call, 2) => CommandFields.Data,
        _ => CommandFields.None,
    };
}
