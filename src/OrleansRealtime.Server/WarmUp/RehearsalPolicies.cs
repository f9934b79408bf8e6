using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Server.WarmUp;

/// <summary>The policies of a rehearsal: every channel is kept in memory, for whoever has a token. Immutable.</summary>
internal sealed class RehearsalPolicies : IChannelPolicies
{
    private static readonly ChannelPolicy Only = new() { Namespace = "*" };

    /// <inheritdoc/>
    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy)
    {
        policy = Only;
        return true;
    }
}
