using OrleansRealtime.Core.Access;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Http;

/// <summary>Who sends a request to the HTTP API: a server by its key, or a user. Immutable.</summary>
/// <param name="Server">The name of the API key, or null.</param>
/// <param name="Identity">The user, or null when a server.</param>
internal sealed record HttpCaller(string? Server, Identity? Identity)
{
    /// <summary>As whom publications and acts are recorded.</summary>
    public Sender Sender => Server is { } name ? Sender.OfServer(name) : Sender.OfUser(Identity!.User);

    /// <summary>Whether users may be administered: by servers, and by tokens with <c>manage</c> in every channel.</summary>
    public bool ManagesUsers => Server is not null || (Identity!.Capabilities.Everywhere & ChannelRights.Manage) != 0;

    /// <summary>
    /// The caller as <paramref name="channel"/> sees it. A token with <c>manage</c> there is trusted over HTTP as a server is.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="authorized">What the application's authorizer has said yes to.</param>
    public Caller In(ChannelName channel, ChannelRights authorized = ChannelRights.None)
    {
        if (Server is { } name)
        {
            return Caller.Trusted(name);
        }

        var capabilities = Identity!.Capabilities.In(channel);
        var isTrusted = (capabilities & ChannelRights.Manage) != 0;
        return new Caller(Sender, Identity.IsAnonymous, isTrusted, capabilities, authorized);
    }
}
