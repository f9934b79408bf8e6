namespace OrleansRealtime.Protocol.Commands;

/// <summary>What a command asks for.</summary>
internal enum CommandType
{
    /// <summary>The message names no type.</summary>
    None,

    /// <summary>The message names a type that this version does not know.</summary>
    Unknown,
    Auth,
    Refresh,
    Subscribe,
    Unsubscribe,
    Publish,
    Signal,
    History,
    Presence,
    Call,
    Ping,
}
