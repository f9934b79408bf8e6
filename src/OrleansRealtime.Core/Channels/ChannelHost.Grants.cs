using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <content>Grants: kept before they are answered, and delivered at once.</content>
public sealed partial class ChannelHost
{
    /// <summary>How many users a channel may have grants for: 10000, since all of them go to every attached edge.</summary>
    internal const int MaxGrants = 10_000;

    // Changes are made one after the other, since each is the next version of the one before.
    private Task _grantChange = Task.CompletedTask;
    private Fence _grantsFence;

    /// <inheritdoc/>
    public ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryEnter())
        {
            return new(new GrantOutcome(ChannelRefusals.UnknownNamespace(Channel), 0));
        }

        var changing = ChangeAfterAsync(_grantChange, change);
        _grantChange = changing;
        return new(changing.WaitAsync(cancellationToken));
    }

    private async Task<GrantOutcome> ChangeAfterAsync(Task previous, GrantChange change)
    {
        await previous;
        var machine = _machine!;
        if (_hasEnded)
        {
            return Refused(ChannelRefusals.Lost);
        }

        if (CheckGrant(machine, change) is { } refusal)
        {
            return Refused(refusal);
        }

        var before = machine.Grants;
        var after = change.Revoke ? before.Revoke(change.User, change.Rights) : before.Grant(change.User, change.Rights);
        if (before.Entries.TryGetValue(change.User, out var entry) && entry == after.Entries[change.User])
        {
            return new GrantOutcome(null, before.Version);
        }

        return await KeepAsync(machine, after);

        GrantOutcome Refused(RealtimeError error) => new(error, machine.Grants.Version);
    }

    private RealtimeError? CheckGrant(ChannelMachine machine, GrantChange change)
    {
        if (machine.CheckAccess(_policy!, change.Caller, ChannelRights.Manage, out _) is { } noRight)
        {
            return noRight;
        }

        if (change.Rights == ChannelRights.None || (change.Rights & ~ChannelRights.All) != 0)
        {
            return ChannelRefusals.BadRights(change.Rights);
        }

        var isNew = !machine.Grants.Entries.ContainsKey(change.User);
        return isNew && machine.Grants.Entries.Count >= MaxGrants ? ChannelRefusals.TooManyGrants(MaxGrants) : null;
    }

    private async Task<GrantOutcome> KeepAsync(ChannelMachine machine, ChannelGrants grants)
    {
        try
        {
            if (await _services.Grants.TrySaveAsync(Channel, _grantsFence, grants, CancellationToken.None) is { } fence
                && await IsStillOwnerAsync()
                && !_hasEnded)
            {
                _grantsFence = fence;
                machine.Grants = grants;
                SendToEdges(new GrantsMessage(Channel, grants));
                return new GrantOutcome(null, grants.Version);
            }

            GiveUp("another owner changed the channel's grants", failure: null);
        }
        catch (Exception failure)
        {
            // Kept or not, only the store knows; the next host reads it.
            GiveUp("the channel's grants could not be kept", failure);
        }

        return new GrantOutcome(ChannelRefusals.Lost, machine.Grants.Version);
    }

    /// <summary>
    /// Whether grants that were kept may be acknowledged. The first ones of a channel have no fence of their own, since nothing is
    /// written for a channel without grants; the log of a durable channel has one.
    /// </summary>
    private async ValueTask<bool> IsStillOwnerAsync() =>
        _grantsFence != default
        || _log is null
        || await _log.AppendAsync(Channel, _fence, [], CancellationToken.None) is AppendedBatch;

    /// <summary>
    /// An edge has later grants than this host, from an owner that did not know of it: possible with the first grants of a channel
    /// that has no log.
    /// </summary>
    private async Task ReadGrantsAgainAsync(ChannelMachine machine)
    {
        try
        {
            var (grants, fence) = await _services.Grants.OpenAsync(Channel, CancellationToken.None);
            if (!_hasEnded)
            {
                (machine.Grants, _grantsFence) = (grants, fence);
                SendToEdges(new GrantsMessage(Channel, grants));
            }
        }
        catch (StorageException failure)
        {
            // The next renewal finds it again.
            _services.Report(Channel, "the channel's grants could not be read again", failure);
        }
    }
}
