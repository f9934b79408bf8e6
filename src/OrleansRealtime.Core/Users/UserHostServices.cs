using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Users;

/// <summary>What every <see cref="UserHost"/> of a process works with. Immutable; its parts are safe for concurrent use.</summary>
public sealed record UserHostServices
{
    /// <summary>Where users keep what must outlive them.</summary>
    public required IUserStore Store { get; init; }

    /// <summary>The way to the edges that hold a user's connections.</summary>
    public required IDelivery Delivery { get; init; }

    /// <summary>Says whether status changes are published, and how.</summary>
    public required IChannelPolicies Policies { get; init; }

    /// <summary>Where they are published.</summary>
    public required IChannels Channels { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes a session id that nobody can guess and that was never used before.</summary>
    public required Func<SessionId> NewSession { get; init; }

    /// <summary>
    /// Told of failures that no caller is told of, because they concern only watchers or last seen: where, what, and the
    /// exception. Called in the user's turn; it must not throw. Default nothing.
    /// </summary>
    public Action<UserId, string, Exception> Report { get; init; } = static (_, _, _) => { };
}
