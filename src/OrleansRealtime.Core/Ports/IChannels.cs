using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Core.Ports;

/// <summary>All channels of the system. Safe for concurrent use.</summary>
public interface IChannels
{
    /// <summary>The actor of <paramref name="channel"/>; it comes to life with the first call.</summary>
    IChannel Get(ChannelName channel);

    /// <summary>Renews many attachments of one edge at once. An outcome is missing when its channel could not be reached.</summary>
    ValueTask<ImmutableArray<RenewOutcome>> RenewAsync(ImmutableArray<Renewal> renewals, CancellationToken cancellationToken);
}
