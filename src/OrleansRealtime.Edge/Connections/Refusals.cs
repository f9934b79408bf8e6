namespace OrleansRealtime.Edge.Connections;

/// <summary>The refusals that an edge gives on its own account.</summary>
internal static class Refusals
{
    /// <summary>The actor of a channel cannot be reached.</summary>
    public static RealtimeError Unreachable(ChannelName channel) =>
        new(RealtimeErrorCode.Unavailable, $"The channel '{channel}' cannot be reached now; try again.");

    /// <summary>Some actor cannot be reached.</summary>
    public static RealtimeError Unavailable { get; } =
        new(RealtimeErrorCode.Unavailable, "This cannot be done now; try again with the same message id.");

    /// <summary>The server has a bug.</summary>
    public static RealtimeError Internal { get; } = new(RealtimeErrorCode.Internal, "The server failed; the failure is logged there.");

    /// <summary>Nothing but <c>auth</c> is taken yet.</summary>
    public static RealtimeError AuthFirst { get; } =
        new(RealtimeErrorCode.Unauthenticated, "The first message must be auth.");

    /// <summary>A second <c>auth</c>.</summary>
    public static RealtimeError AuthTwice { get; } =
        new(RealtimeErrorCode.Conflict, "This connection is authenticated already; a new token of the same user goes into refresh.");

    /// <summary>Anonymous users are not let in.</summary>
    public static RealtimeError TokenNeeded { get; } =
        new(RealtimeErrorCode.Unauthenticated, "A token is needed; anonymous users are not allowed here.");

    /// <summary>An anonymous user has no token to refresh, or the new one is of somebody else.</summary>
    public static RealtimeError OtherUser { get; } =
        new(RealtimeErrorCode.Forbidden, "The new token is of another user; reconnect to change users.");

    /// <summary>No application answers calls.</summary>
    public static RealtimeError NoCalls { get; } =
        new(RealtimeErrorCode.Forbidden, "No application answers calls on this server.");

    /// <summary>The namespace is not configured.</summary>
    public static RealtimeError UnknownNamespace(ChannelName channel) =>
        new(RealtimeErrorCode.Forbidden, $"The namespace '{channel.Namespace}' is not configured on this server.");

    /// <summary>The rules say no.</summary>
    public static RealtimeError Denied(ChannelName channel, ChannelRights right) =>
        new(RealtimeErrorCode.Forbidden, $"You do not have the right '{Name(right)}' in '{channel}'.");

    /// <summary>The client asks for a protocol version that is not spoken.</summary>
    public static RealtimeError UnsupportedVersion(int version) =>
        new(RealtimeErrorCode.UnsupportedVersion, $"Version {version} is not spoken here; this server speaks version {Protocol.ProtocolVersion.Current}.");

    /// <summary>A second subscription to the same channel.</summary>
    public static RealtimeError SubscribedAlready(ChannelName channel) =>
        new(RealtimeErrorCode.Conflict, $"This connection has a subscription to '{channel}' already.");

    /// <summary>The subscription was given up before it was set up.</summary>
    public static RealtimeError UnsubscribedMeanwhile(ChannelName channel) =>
        new(RealtimeErrorCode.Conflict, $"The subscription to '{channel}' was ended before it was set up.");

    /// <summary>There is no subscription to end.</summary>
    public static RealtimeError NotSubscribed(ChannelName channel) =>
        new(RealtimeErrorCode.NotSubscribed, $"This connection has no subscription to '{channel}'.");

    /// <summary>The limit of subscriptions is reached.</summary>
    public static RealtimeError TooManySubscriptions(int limit) =>
        new(RealtimeErrorCode.TooManySubscriptions, $"This connection has {limit} subscriptions, its limit; unsubscribe from one first.");

    /// <summary>The payload is too large for the channel.</summary>
    public static RealtimeError TooLarge(int length, int limit) =>
        new(RealtimeErrorCode.TooLarge, $"The payload has {length} bytes; {limit} are allowed in this channel.");

    private static string Name(ChannelRights right) => right.ToString().ToLowerInvariant();
}
