using OrleansRealtime.Core.Channels;
using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Membership;

/// <summary>
/// What this silo and the actors tell each other of the edges that are here: where the edge is, and where the channel lives, so
/// that each side knows what went when the other's silo dies. Safe for concurrent use.
/// </summary>
internal sealed class EdgeOrigin(LocalEdges edges, AttachedChannels attached, ILocalSiloDetails silo)
{
    /// <summary>This silo, if the edge is in it.</summary>
    public SiloAddress? Of(EdgeId edge) => edges.Holds(edge) ? silo.SiloAddress : null;

    /// <summary>Attaches an edge of this silo.</summary>
    public async ValueTask<AttachOutcome> AttachAsync(
        ChannelName channel, IChannelGrain grain, AttachRequest request, CancellationToken cancellationToken)
    {
        var answer = await GrainCalls.CallAsync(
            grain,
            static (grain, attach, token) => grain.AttachFromAsync(attach.SiloAddress, attach.request, token),
            (silo.SiloAddress, request),
            cancellationToken);
        if (answer.Outcome.Refusal is null)
        {
            attached.Attached(request.Edge, channel, answer.Host);
        }

        return answer.Outcome;
    }

    /// <summary>An edge of this silo lets go of a channel.</summary>
    public void Detached(EdgeId edge, ChannelName channel) => attached.Detached(edge, channel);
}
