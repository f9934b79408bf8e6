using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Membership;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What the grains of one silo work with: composes their hosts, and tells of what becomes of them. Safe for concurrent use.</summary>
internal sealed class RealtimeSilo
{
    // 192 bits: a session id is as good as a secret, since whoever knows it can take the session over.
    private const int SessionIdBytes = 24;

    // Epochs need not be secret, only different for every life of a channel.
    private const int EpochBytes = 9;

    private readonly ChannelHostServices _forChannels;
    private readonly UserHostServices _forUsers;
    private readonly RealtimeMetrics _metrics;
    private readonly ILogger<RealtimeSilo> _logger;

    public RealtimeSilo(
        RealtimeStores stores,
        IChannelPolicies policies,
        IEnumerable<IChannelBehaviorFactory> behaviors,
        IDelivery delivery,
        IChannels channels,
        ActorSweep sweep,
        EdgeHomes homes,
        IOptions<RealtimeSiloOptions> options,
        [FromKeyedServices(RealtimeTime.Key)] TimeProvider time,
        RealtimeMetrics metrics,
        ILogger<RealtimeSilo> logger)
    {
        _metrics = metrics;
        _logger = logger;
        Sweep = sweep;
        Homes = homes;
        IdleTimeout = options.Value.IdleTimeout;
        _forChannels = new ChannelHostServices
        {
            Policies = policies,
            Log = stores.Log,
            Grants = stores.Grants,
            Delivery = delivery,
            Time = time,
            NewEpoch = static () => new Epoch(Unguessable(EpochBytes)),
            Behaviors = [.. behaviors],
            Report = (channel, what, failure) => Reported("channel", channel.Value, what, failure),
        };
        _forUsers = new UserHostServices
        {
            Store = stores.Users,
            Delivery = delivery,
            Policies = policies,
            Channels = channels,
            Time = time,
            NewSession = static () => new SessionId(Unguessable(SessionIdBytes)),
            Report = (user, what, failure) => Reported("user", user.Value, what, failure),
        };
    }

    /// <summary>The active actors.</summary>
    public ActorSweep Sweep { get; }

    /// <summary>Where the edges are that the actors take in.</summary>
    public EdgeHomes Homes { get; }

    /// <summary>How long an actor that nobody needs stays active.</summary>
    public TimeSpan IdleTimeout { get; }

    /// <summary>The host of the channel whose grain has this key.</summary>
    /// <exception cref="FormatException">The key is no channel name.</exception>
    public ChannelHost CreateChannel(string key, IActivation activation) =>
        new(ChannelName.Parse(key), _forChannels, activation);

    /// <summary>The host of the user whose grain has this key.</summary>
    /// <exception cref="FormatException">The key is no user id.</exception>
    public UserHost CreateUser(string key, IActivation activation) => new(UserId.Parse(key), _forUsers, activation);

    public void Activated(string kind, string key)
    {
        _metrics.Activated(kind);
        _logger.ActorActivated(kind, key);
    }

    public void ActivationFailed(string kind, string key, Exception failure)
    {
        _metrics.ActivationFailed(kind);
        if (failure is ActorUnavailableException or StorageException or OperationCanceledException or FormatException)
        {
            _logger.ActivationFailed(kind, key, failure);
        }
        else
        {
            _logger.ActivationBroke(kind, key, failure);
        }
    }

    public void Deactivated(string kind, string key, DeactivationReason reason)
    {
        // Our own reasons are few and say more than the code; those of Orleans may name activations.
        var word = reason.ReasonCode == DeactivationReasonCode.ApplicationRequested ? reason.Description : reason.ReasonCode.ToString();
        _metrics.Deactivated(kind, word);
        _logger.ActorDeactivated(kind, key, word);
    }

    public void DeactivationFailed(string kind, string key, Exception failure) => _logger.DeactivationFailed(kind, key, failure);

    public void TickFailed(string kind, string key, Exception failure) => _logger.TickFailed(kind, key, failure);

    private void Reported(string kind, string key, string what, Exception failure)
    {
        if (failure is ActorUnavailableException or StorageException or OperationCanceledException)
        {
            _logger.ActorHampered(kind, key, what, failure);
        }
        else
        {
            _logger.ActorFailed(kind, key, what, failure);
        }
    }

    private static string Unguessable(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
