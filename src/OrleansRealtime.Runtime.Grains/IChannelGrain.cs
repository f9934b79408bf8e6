using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>One channel's actor as a grain; its key is the name of the channel, as in <c>GetGrain&lt;IChannelGrain&gt;("game:7")</c>.</summary>
/// <remarks>
/// Grains and clients of the application call it directly; a grain that publishes does so as
/// <see cref="Core.Access.Caller.Trusted(string)"/>. Calls are at most once: after an exception of Orleans the outcome is unknown,
/// and a publication may be tried again with the same message id. Orleans does not promise that calls begun one after the other
/// arrive in that order: await each, or use <see cref="PublishManyAsync"/> or <see cref="IChannels"/>.
/// </remarks>
[Alias("realtime.IChannelGrain")]
[GrainInterfaceType("realtime.channel")]
public interface IChannelGrain : IGrainWithStringKey, IChannel
{
    /// <summary>Attaches an edge of a silo, as <see cref="IChannel.AttachAsync"/> does, until that silo is dead.</summary>
    [Alias("attach-from")]
    ValueTask<AttachedChannel> AttachFromAsync(SiloAddress home, AttachRequest request, CancellationToken cancellationToken);

    /// <summary>Publishes many, numbered in order, as <see cref="IChannel.PublishAsync"/> does each. The answers are in that order.</summary>
    [Alias("publish-many")]
    ValueTask<ImmutableArray<PublishOutcome>> PublishManyAsync(
        ImmutableArray<PublishRequest> requests, CancellationToken cancellationToken);
}
