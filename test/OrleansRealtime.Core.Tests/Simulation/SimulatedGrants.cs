using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Tests.Simulation;

/// <summary>The store of a simulated channel's grants, which fails now and then, and what it was acknowledged to keep.</summary>
internal sealed class SimulatedGrants(Simulation simulation, Random random) : IGrantStore
{
    // By version; none is ever taken back.
    private readonly List<ChannelGrants> _kept = [ChannelGrants.None];
    private Fence _fence;

    public ChannelGrants Latest => _kept[^1];

    public int Acknowledged { get; private set; }

    /// <summary>Whether a save may fail, before or after it is done.</summary>
    public bool MayFail { get; set; } = true;

    public ValueTask<OpenedGrants> OpenAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        if (_fence == default)
        {
            return new(OpenedGrants.Nothing);
        }

        _fence = new Fence(_fence.Number + 1);
        return new(new OpenedGrants(Latest, _fence));
    }

    public ValueTask<Fence?> TrySaveAsync(
        ChannelName channel, Fence fence, ChannelGrants grants, CancellationToken cancellationToken)
    {
        var fault = MayFail ? random.Next(10) : int.MaxValue;
        if (fault == 0)
        {
            throw new StorageException("failed before it was done", isTransient: true);
        }

        if (fence != _fence || grants.Version != Latest.Version + 1)
        {
            return default;
        }

        _kept.Add(grants);
        _fence = new Fence(Math.Max(_fence.Number, 1));
        return fault == 1 ? throw new StorageException("failed after it was done", isTransient: true) : new(_fence);
    }

    /// <summary>Changes somebody's rights; publishers are nobody's business here, so that they may always publish.</summary>
    public string Change() => Change(UserId.Parse($"guest-{random.Next(3)}"));

    /// <summary>Changes the rights of somebody who had none, so that it is a change whatever the owner knows.</summary>
    public string ChangeLast() => Change(UserId.Parse("guest-last"));

    private string Change(UserId user)
    {
        var isRevoked = random.Next(2) == 0;
        var right = random.Next(2) == 0 ? ChannelRights.Publish : ChannelRights.History;
        simulation.Call(
            host => host.ChangeGrantAsync(new GrantChange(Caller.Trusted("op"), user, right, isRevoked), CancellationToken.None),
            outcome =>
            {
                if (outcome.Refusal is null)
                {
                    Acknowledge(outcome.Version, user, right, isRevoked);
                }
            },
            static _ => { });
        return $"{user} {right} {(isRevoked ? "revoked" : "granted")}";
    }

    /// <summary>What an edge has been given must be what was kept under that version.</summary>
    public void CheckGiven(SimulatedEdge edge, ChannelGrants grants)
    {
        if (grants.Version >= _kept.Count || !AreSame(_kept[(int)grants.Version], grants))
        {
            simulation.Fail($"{edge.Id} was given grants of version {grants.Version}, which were never kept");
        }
    }

    public void CheckSettled(SimulatedEdge edge)
    {
        if (!AreSame(edge.Grants, Latest))
        {
            simulation.Fail($"{edge.Id} has grants of version {edge.Grants.Version}; kept are those of {Latest.Version}");
        }
    }

    private void Acknowledge(long version, UserId user, ChannelRights right, bool isRevoked)
    {
        Acknowledged++;
        var entry = version < _kept.Count ? _kept[(int)version].Entries.GetValueOrDefault(user) : default;
        if (((isRevoked ? entry.Denied : entry.Allowed) & right) == 0)
        {
            simulation.Fail($"{right} of {user} was acknowledged in version {version}, where the store does not have it");
        }
    }

    private static bool AreSame(ChannelGrants one, ChannelGrants other) =>
        one.Version == other.Version
        && one.Entries.Count == other.Entries.Count
        && one.Entries.All(entry => other.Entries.TryGetValue(entry.Key, out var found) && found == entry.Value);
}
