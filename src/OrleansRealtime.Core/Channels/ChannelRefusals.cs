using OrleansRealtime.Core.Access;

namespace OrleansRealtime.Core.Channels;

/// <summary>The words of a channel's refusals.</summary>
internal static class ChannelRefusals
{
    public static RealtimeError UnknownNamespace(ChannelName channel) => new(
        RealtimeErrorCode.Forbidden, $"No namespace '{channel.Namespace}' is configured; list it, or '*', under Realtime:Namespaces.");

    public static RealtimeError NoRight(ChannelName channel, in Caller caller, ChannelRights right) => new(
        RealtimeErrorCode.Forbidden,
        $"{(caller.IsAnonymous ? "An anonymous user" : $"'{caller.Sender}'")} has no right to {Verb(right)} in '{channel}'.");

    public static RealtimeError TooLarge(int bytes, int limit) => new(
        RealtimeErrorCode.TooLarge, $"The payload has {bytes} bytes; this channel takes at most {limit}.");

    public static RealtimeError TooLong(string what, int length, int limit) => new(
        RealtimeErrorCode.BadRequest, $"The {what} has {length} characters; it must have 1 to {limit}.");

    public static RealtimeError NotStorable(string what) => new(
        RealtimeErrorCode.BadRequest, $"The {what} has a character U+0000 or half a surrogate pair, which no store keeps.");

    public static RealtimeError TooManyKeys(int limit) => new(
        RealtimeErrorCode.Conflict, $"This compact channel has {limit} keys, which is all it may have; remove some by publishing null to them.");

    public static RealtimeError RateLimited(TimeSpan wait) => new(
        RealtimeErrorCode.RateLimited, $"Too many publications; the next may come in {Math.Ceiling(wait.TotalMilliseconds)} ms.", wait);

    public static RealtimeError Overloaded(int waiting) => new(
        RealtimeErrorCode.Unavailable, $"{waiting} publications wait for the store; try again with the same message id.", TimeSpan.FromSeconds(1));

    public static RealtimeError BehaviorFailed { get; } = new(
        RealtimeErrorCode.Internal, "The application failed on this publication; the server has logged it.");

    public static RealtimeError Lost { get; } = new(
        RealtimeErrorCode.Unavailable, "Whether it was kept is unknown; try again with the same message id.");

    public static RealtimeError PresenceOff(ChannelName channel) => new(
        RealtimeErrorCode.Forbidden, $"Presence is off in namespace '{channel.Namespace}'.");

    public static RealtimeError BadLimit(int limit) => new(
        RealtimeErrorCode.BadRequest, $"The limit is {limit}; it must be 1 to {ReadRequest.MaxLimit}.");

    public static RealtimeError BadRights(ChannelRights rights) => new(
        RealtimeErrorCode.BadRequest, $"'{rights}' names no right that can be granted.");

    public static RealtimeError TooManyGrants(int limit) => new(
        RealtimeErrorCode.Conflict, $"This channel has grants for {limit} users, which is all it may have; use capabilities of tokens instead.");

    private static string Verb(ChannelRights right) => right switch
    {
        ChannelRights.Subscribe => "subscribe",
        ChannelRights.Publish => "publish",
        ChannelRights.Signal => "signal",
        ChannelRights.History => "read history",
        ChannelRights.Presence => "see presence",
        _ => "manage",
    };
}
