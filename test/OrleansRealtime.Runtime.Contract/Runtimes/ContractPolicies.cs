using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <summary>The namespaces that the suites use; every runtime under test must serve them.</summary>
public sealed class ContractPolicies : IChannelPolicies
{
    private static readonly ChannelLimits Unlimited = new(64 * 1024, 0, 0);

    private readonly Dictionary<string, ChannelPolicy> _policies = new[]
    {
        new ChannelPolicy { Namespace = "none", Durability = Durability.None },
        new ChannelPolicy { Namespace = "memory", Presence = PresencePolicy.Members },
        new ChannelPolicy { Namespace = "durable", Durability = Durability.Durable, Presence = PresencePolicy.Members },
        new ChannelPolicy
        {
            Namespace = "short",
            Replay = new ReplayPolicy(3, 1024 * 1024, TimeSpan.FromMinutes(10)),
        },
        new ChannelPolicy { Namespace = "compact", Durability = Durability.Durable, Compact = true },
        new ChannelPolicy { Namespace = "private", Access = ChannelAccess.Private },
        new ChannelPolicy { Namespace = "status", Durability = Durability.Durable, Compact = true },
    }.Select(static policy => policy with { Limits = Unlimited }).ToDictionary(static policy => policy.Namespace);

    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy) =>
        _policies.TryGetValue(channel.Namespace, out policy);
}
