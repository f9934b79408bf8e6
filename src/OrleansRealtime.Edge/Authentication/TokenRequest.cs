using System.Collections.Immutable;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>What a token is to say. Immutable.</summary>
/// <param name="User">The <c>sub</c> claim.</param>
/// <param name="Lifetime">From now until <c>exp</c>; more than zero.</param>
public sealed record TokenRequest(UserId User, TimeSpan Lifetime)
{
    /// <summary>The <c>caps</c> claim: rights by channel name, or by prefix and <c>*</c>. Default none.</summary>
    public ImmutableDictionary<string, ChannelRights> Capabilities { get; init; } =
        ImmutableDictionary<string, ChannelRights>.Empty;

    /// <summary>The <c>info</c> claim as JSON of at most 1 KiB, or null for none.</summary>
    public string? InfoJson { get; init; }
}
