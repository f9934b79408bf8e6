using OrleansRealtime.Core.Policies;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Server.Operators;

namespace OrleansRealtime.Server.Policies;

/// <summary>The policies of the channels that feed the console, unless the configuration states them: for operators only.</summary>
internal static class ConsolePolicies
{
    // Every node publishes as the same sender, and there may be many nodes.
    private static readonly ChannelLimits NoRate = ChannelLimits.Default with
    {
        PublishesPerSecondPerSender = 0,
        PublishesPerSecond = 0,
    };

    /// <summary>All of them.</summary>
    /// <param name="hasStore">Whether there is a store to keep the audit trail in.</param>
    public static IEnumerable<ChannelPolicy> All(bool hasStore) =>
    [
        new ChannelPolicy
        {
            Namespace = ConsoleChannels.Namespace,
            Durability = Durability.Memory,
            Compact = true,
            SlowReader = SlowReaderPolicy.Latest,
            Access = ChannelAccess.Managed,
            Publishers = PublisherPolicy.Server,
            Replay = new ReplayPolicy(Count: 200, Bytes: ReplayPolicy.Default.Bytes, Age: TimeSpan.FromMinutes(1)),
            Limits = NoRate,
        },
        new ChannelPolicy
        {
            Namespace = AuditTrail.Namespace,
            Durability = hasStore ? Durability.Durable : Durability.Memory,
            Access = ChannelAccess.Managed,
            Publishers = PublisherPolicy.Server,
            Replay = new ReplayPolicy(Count: 10_000, Bytes: 4 * 1024 * 1024, Age: TimeSpan.FromDays(365)),
            Limits = NoRate,
        },
    ];
}
