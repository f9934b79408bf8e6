namespace OrleansRealtime.Core.Access;

/// <summary>Who asks something of a channel, and what is known of their rights outside that channel. Immutable.</summary>
/// <param name="Sender">Who.</param>
/// <param name="IsAnonymous">Whether a user without a token.</param>
/// <param name="IsTrusted">Whether a server or the host application, who may do everything.</param>
/// <param name="Capabilities">What the token's <c>caps</c> allow in this channel.</param>
/// <param name="Authorized">What the application's authorizer has said yes to, for this channel.</param>
public readonly record struct Caller(
    Sender Sender,
    bool IsAnonymous,
    bool IsTrusted,
    ChannelRights Capabilities,
    ChannelRights Authorized)
{
    /// <summary>A server by the name of its API key, or a grain or behaviour of the application.</summary>
    public static Caller Trusted(string name) =>
        new(Sender.OfServer(name), IsAnonymous: false, IsTrusted: true, ChannelRights.All, ChannelRights.None);

    /// <summary>An authenticated user whose token allows <paramref name="capabilities"/> here.</summary>
    public static Caller OfUser(UserId user, ChannelRights capabilities = ChannelRights.None) =>
        new(Sender.OfUser(user), IsAnonymous: false, IsTrusted: false, capabilities, ChannelRights.None);
}
