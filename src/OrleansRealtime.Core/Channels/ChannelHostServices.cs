using System.Collections.Immutable;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <summary>What every <see cref="ChannelHost"/> of a process works with. Immutable; its parts are safe for concurrent use.</summary>
public sealed record ChannelHostServices
{
    /// <summary>The policies in force; asked anew for every command, so that a reload takes effect at once.</summary>
    public required IChannelPolicies Policies { get; init; }

    /// <summary>Where durable channels keep their publications; null when no store is configured.</summary>
    public required IChannelLog? Log { get; init; }

    /// <summary>Where channels of every durability keep their grants.</summary>
    public required IGrantStore Grants { get; init; }

    /// <summary>The way to the attached edges.</summary>
    public required IDelivery Delivery { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes an epoch that was never used before.</summary>
    public required Func<Epoch> NewEpoch { get; init; }

    /// <summary>Asked in turn when a channel becomes active; the first behaviour that one of them makes is used. Default none.</summary>
    public ImmutableArray<IChannelBehaviorFactory> Behaviors { get; init; } = [];

    /// <summary>
    /// Told of bugs and of failures of the store that no caller is told in full: where, what, and the exception. Called in the
    /// channel's turn; it must not throw. Default nothing.
    /// </summary>
    public Action<ChannelName, string, Exception> Report { get; init; } = static (_, _, _) => { };
}
