using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Benchmarks.Shared;

/// <summary>One policy for all channels, without rates.</summary>
internal sealed class OpenPolicies(ChannelPolicy policy) : IChannelPolicies
{
    /// <summary>No rates, so that what is measured is never refused.</summary>
    public static ChannelLimits Limits { get; } = new(64 * 1024, 0, 0);

    /// <summary>A channel of the defaults, without rates.</summary>
    public static ChannelPolicy Memory { get; } = new() { Namespace = "chat", Limits = Limits };

    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? found)
    {
        found = policy;
        return true;
    }
}
