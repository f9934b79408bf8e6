using Microsoft.Extensions.Logging;
using OrleansRealtime.Runtime.Grains.Actors;

namespace OrleansRealtime.Runtime.Grains.Membership;

/// <summary>
/// Hears of silos that died: the actors of this one drop the edges that were in them, and the edges of this one attach again to the
/// channels that lived there. One listener per silo.
/// </summary>
internal sealed class LostSilos(
    ISiloStatusOracle silos, EdgeHomes homes, AttachedChannels attached, ActorSweep actors, ILogger<LostSilos> logger)
    : ISiloStatusListener, ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(LostSilos),
        ServiceLifecycleStage.RuntimeGrainServices,
        _ =>
        {
            // Orleans holds its listeners weakly; the container holds this one.
            silos.SubscribeToSiloStatusEvents(this);
            return Task.CompletedTask;
        },
        _ =>
        {
            silos.UnSubscribeFromSiloStatusEvents(this);
            return Task.CompletedTask;
        });

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status != SiloStatus.Dead)
        {
            return;
        }

        var edges = homes.Forget(updatedSilo);
        if (edges.Count > 0)
        {
            logger.EdgesOfADeadSiloDropped(updatedSilo.ToString(), edges.Count);
            actors.DropEdges(edges);
        }

        var channels = attached.Lose(updatedSilo);
        if (channels > 0)
        {
            logger.ChannelsOfADeadSiloLost(updatedSilo.ToString(), channels);
        }
    }
}
