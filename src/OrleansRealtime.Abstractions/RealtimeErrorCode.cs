namespace OrleansRealtime;

/// <summary>Why a command was refused. The wire names are in <see cref="RealtimeErrorCodes"/>; none is ever reused.</summary>
public enum RealtimeErrorCode
{
    /// <summary>The command is malformed or has a value outside its limits.</summary>
    BadRequest = 1,

    /// <summary>The server knows no such message type.</summary>
    UnknownType,

    /// <summary>The protocol version asked for is not spoken here.</summary>
    UnsupportedVersion,

    /// <summary>The token is missing, malformed, wrongly signed, expired or revoked.</summary>
    Unauthenticated,

    /// <summary>The user may not do this.</summary>
    Forbidden,

    /// <summary>The connection has no subscription to this channel.</summary>
    NotSubscribed,

    /// <summary>The payload is larger than the channel's policy allows.</summary>
    TooLarge,

    /// <summary>The connection holds as many subscriptions as it may.</summary>
    TooManySubscriptions,

    /// <summary>Too many commands or publications; try again after the given time.</summary>
    RateLimited,

    /// <summary>The state of the server contradicts the command, e.g. a second subscription to the same channel.</summary>
    Conflict,

    /// <summary>Cannot be done now; the same command with the same message id may be tried again.</summary>
    Unavailable,

    /// <summary>Not done in time; whether it took effect is unknown, so try again with the same message id.</summary>
    Timeout,

    /// <summary>The server has a bug; it is logged there.</summary>
    Internal,
}
