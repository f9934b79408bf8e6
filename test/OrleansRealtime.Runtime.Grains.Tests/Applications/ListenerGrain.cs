using System.Globalization;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Subscribers;

namespace OrleansRealtime.Runtime.Grains.Tests.Applications;

/// <summary>Listens to the channel that it is named after, and writes down what it hears.</summary>
public sealed class ListenerGrain(ListenerNotes notes, IChannels channels, IUsers users, ILocalSiloDetails silo)
    : Grain, IListenerGrain, IChannelSubscriber
{
    private static readonly Caller Server = Caller.Trusted("listener");

    private IChannelSubscription _subscription = null!;
    private bool _isHeld;

    private ChannelName Channel => ChannelName.Parse(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var start = notes.Position is { } position ? ChannelStart.After(position) : notes.Start;
        _subscription = this.SubscribeToChannel(Channel, start);
        return Task.CompletedTask;
    }

    public async Task<SiloAddress> ListenAsync()
    {
        await _subscription.WhenLiveAsync(CancellationToken.None);
        return silo.SiloAddress;
    }

    public async Task HoldAsync()
    {
        _isHeld = true;
        notes.IsHeld.SetResult();
        await notes.Hold.Task;
        _isHeld = false;
    }

    public Task UnsubscribeAsync()
    {
        _subscription.Dispose();
        return Task.CompletedTask;
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<string> PublishAsync(string messageId)
    {
        var outcome = await channels.Get(Channel).PublishAsync(
            new PublishRequest(Server, Payload.Json("1"), messageId), CancellationToken.None);
        return string.Create(CultureInfo.InvariantCulture, $"{outcome.Position.Sequence} {outcome.IsDuplicate}");
    }

    public async Task<string[]> MembersAsync()
    {
        var outcome = await channels.Get(Channel).PresenceAsync(Server, CancellationToken.None);
        return [.. outcome.Members.Select(static member => member.User.Value)];
    }

    public async Task<int> KickAsync(string user) =>
        await users.Get(UserId.Parse(user)).DisconnectAsync(null, CloseReason.Kicked, CancellationToken.None);

    public async Task OnPublicationsAsync(PublicationBatch batch, CancellationToken cancellationToken)
    {
        if (_isHeld)
        {
            notes.Hint("disturbed");
        }

        await Task.Yield();
        if (notes.Failures > 0)
        {
            notes.Failures--;
            throw new InvalidOperationException("The listener fails as it was told.");
        }

        notes.Handle(batch.Publications, batch.End);
    }

    public Task OnInterruptedAsync(ChannelInterruption interruption, CancellationToken cancellationToken)
    {
        notes.Interrupt(interruption);
        return Task.CompletedTask;
    }

    public Task OnSignalAsync(SignalMessage signal, CancellationToken cancellationToken)
    {
        notes.Hint($"signal {signal.From}");
        return Task.CompletedTask;
    }

    public Task OnPresenceAsync(PresenceMessage presence, CancellationToken cancellationToken)
    {
        notes.Hint($"joined {string.Join(' ', presence.Joined.Select(static member => member.User))}");
        return Task.CompletedTask;
    }
}
