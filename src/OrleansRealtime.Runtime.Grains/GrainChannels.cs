using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Membership;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>All channels, as grains.</summary>
internal sealed class GrainChannels(IGrainFactory grains, PublishQueues queues, EdgeOrigin? origin = null) : IChannels
{
    /// <summary>
    /// How many renewals are under way at once: enough to fill the link to every silo, and far below what a silo refuses.
    /// </summary>
    internal const int RenewalsAtOnce = 256;

    public IChannel Get(ChannelName channel) =>
        new GrainChannel(channel, grains.GetGrain<IChannelGrain>(channel.Value), queues, origin);

    public async ValueTask<ImmutableArray<RenewOutcome>> RenewAsync(
        ImmutableArray<Renewal> renewals, CancellationToken cancellationToken)
    {
        using var places = new SemaphoreSlim(RenewalsAtOnce);
        var calls = new List<Task<RenewOutcome?>>(renewals.Length);
        try
        {
            foreach (var renewal in renewals)
            {
                await places.WaitAsync(cancellationToken);
                calls.Add(RenewAsync(renewal, places, cancellationToken));
            }
        }
        finally
        {
            // Also when cancelled: those under way still give back their places.
            await ((Task)Task.WhenAll(calls)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        var outcomes = ImmutableArray.CreateBuilder<RenewOutcome>(calls.Count);
        foreach (var call in calls)
        {
            if (await call is { } outcome)
            {
                outcomes.Add(outcome);
            }
        }

        return outcomes.ToImmutable();
    }

    private async Task<RenewOutcome?> RenewAsync(Renewal renewal, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        try
        {
            return await Get(renewal.Channel).RenewAsync(renewal, cancellationToken);
        }
        catch (ActorUnavailableException)
        {
            // A missing outcome says it: the edge tries this channel again.
            return null;
        }
        finally
        {
            places.Release();
        }
    }
}
