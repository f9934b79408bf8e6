using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>The actors of one process: composes their hosts, sweeps them, and takes them down.</summary>
internal sealed class EmbeddedRuntime : IDisposable
{
    // 192 bits: a session id is as good as a secret, since whoever knows it can take the session over.
    private const int SessionIdBytes = 24;

    // Epochs need not be secret, only different for every life of a channel.
    private const int EpochBytes = 9;

    private readonly ActorTable<ChannelName, ChannelHost> _channels;
    private readonly ActorTable<UserId, UserHost> _users;

    public EmbeddedRuntime(
        EmbeddedStores stores,
        IChannelPolicies policies,
        IEnumerable<IChannelBehaviorFactory> behaviors,
        EmbeddedEdges edges,
        IOptions<EmbeddedRuntimeOptions> options,
        TimeProvider time,
        EmbeddedMetrics metrics,
        ILogger<EmbeddedRuntime> logger)
    {
        var forChannels = new ChannelHostServices
        {
            Policies = policies,
            Log = stores.Log,
            Grants = stores.Grants,
            Delivery = edges,
            Time = time,
            NewEpoch = static () => new Epoch(Unguessable(EpochBytes)),
            Behaviors = [.. behaviors],
            Report = (channel, what, failure) => _channels!.Reported(channel, what, failure),
        };
        _channels = new ActorTable<ChannelName, ChannelHost>(
            "channel",
            (channel, activation) => new ChannelHost(channel, forChannels, activation),
            options.Value,
            time,
            metrics,
            logger);
        Channels = new EmbeddedChannels(_channels);

        var forUsers = new UserHostServices
        {
            Store = stores.Users,
            Delivery = edges,
            Policies = policies,
            Channels = Channels,
            Time = time,
            NewSession = static () => new SessionId(Unguessable(SessionIdBytes)),
            Report = (user, what, failure) => _users!.Reported(user, what, failure),
        };
        _users = new ActorTable<UserId, UserHost>(
            "user", (user, activation) => new UserHost(user, forUsers, activation), options.Value, time, metrics, logger);
        Users = new EmbeddedUsers(_users);
    }

    public IChannels Channels { get; }

    public IUsers Users { get; }

    /// <summary>How many actors are active, or on the way to or from it.</summary>
    public int Actors => _channels.Count + _users.Count;

    /// <summary>Lets every actor do what is due, and takes down those that were idle for long. Completes when all that is done.</summary>
    public Task SweepAsync() => Task.WhenAll(_users.SweepAsync(), _channels.SweepAsync());

    /// <summary>Takes all actors down: users first, because they publish to channels.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _users.StopAsync(cancellationToken);
        await _channels.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        _channels.Dispose();
        _users.Dispose();
    }

    private static string Unguessable(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
