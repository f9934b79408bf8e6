using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>Policies by namespace that a test may change; unlisted namespaces are refused.</summary>
internal sealed class TestPolicies : IChannelPolicies
{
    private readonly ConcurrentDictionary<string, ChannelPolicy> _policies = new();

    public TestPolicies(params ChannelPolicy[] policies)
    {
        foreach (var policy in policies)
        {
            Set(policy);
        }
    }

    public void Set(ChannelPolicy policy) => _policies[policy.Namespace] = policy;

    public void Remove(string name) => _policies.TryRemove(name, out _);

    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy) =>
        _policies.TryGetValue(channel.Namespace, out policy);
}
