using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Subscribers;

namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>The edge behind which the subscribing grains of this silo are, as sockets are behind theirs. Safe for concurrent use.</summary>
internal sealed class SubscriberEdge : IEdgeInbox, IDisposable
{
    /// <summary>How often attachments are renewed: 10 s, as of other edges.</summary>
    internal static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(10);

    private readonly IEdgeDirectory _edges;
    private readonly IChannels _channels;
    private readonly TimeProvider _time;
    private readonly ILogger<SubscriberEdge> _logger;
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Dictionary<ChannelName, ChannelLink> _links = [];
    private IDisposable? _registration;
    private DateTimeOffset _renewAt;
    private bool _isRenewing;

    public SubscriberEdge(
        IEdgeDirectory edges,
        IChannels channels,
        [FromKeyedServices(RealtimeTime.Key)] TimeProvider time,
        ILogger<SubscriberEdge> logger)
    {
        _edges = edges;
        _channels = channels;
        _time = time;
        _logger = logger;
        _renewAt = time.GetUtcNow() + NextInterval();
        Id = new EdgeId($"grains-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
    }

    /// <summary>The edge's id.</summary>
    public EdgeId Id { get; }

    /// <summary>How many channels grains of this silo are subscribed to.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _links.Count;
            }
        }
    }

    /// <summary>Subscribes an activation. Called in its turn.</summary>
    public GrainSubscription Subscribe(IGrainBase grain, ChannelName channel, ChannelStart start, IChannelSubscriber subscriber)
    {
        lock (_lock)
        {
            // A silo without subscribing grains is no edge for them.
            _registration ??= _edges.Register(Id, this);
            if (!_links.TryGetValue(channel, out var link))
            {
                link = new ChannelLink(this, _channels.Get(channel), channel, _logger);
                _links.Add(channel, link);
            }

            var subscription = new GrainSubscription(grain, link, start, subscriber, _logger);
            link.Add(subscription);
            if (subscription.HasEnded)
            {
                // With its activation, before it was added.
                link.Remove(subscription);
            }

            return subscription;
        }
    }

    /// <inheritdoc/>
    public void Receive(EdgeMessage message)
    {
        if (message is ChannelMessage ofChannel)
        {
            Find(ofChannel.Channel)?.Receive(ofChannel);
        }
    }

    /// <summary>Renews what is due, and tries again what failed. Completes when that is done.</summary>
    public async Task SweepAsync()
    {
        List<ChannelLink> links;
        bool mustRenew;
        lock (_lock)
        {
            foreach (var (channel, link) in _links)
            {
                if (link.IsUnused)
                {
                    _links.Remove(channel);
                }
            }

            var now = _time.GetUtcNow();
            mustRenew = now >= _renewAt && !_isRenewing;
            if (mustRenew)
            {
                _isRenewing = true;
                _renewAt = now + NextInterval();
            }

            links = [.. _links.Values];
        }

        foreach (var link in links)
        {
            link.Retry();
        }

        if (mustRenew)
        {
            await RenewAsync(links);
        }
    }

    public void Dispose() => _registration?.Dispose();

    private async Task RenewAsync(List<ChannelLink> links)
    {
        try
        {
            ImmutableArray<Renewal> renewals = [.. links.Select(static link => link.ToRenew()).OfType<Renewal>()];
            foreach (var outcome in await _channels.RenewAsync(renewals, CancellationToken.None))
            {
                Find(outcome.Channel)?.OnRenewed(outcome);
            }
        }
        catch (Exception failure)
        {
            // The boundary of background work; the next sweep renews again.
            _logger.SubscribersNotRenewed(failure);
        }
        finally
        {
            lock (_lock)
            {
                _isRenewing = false;
            }
        }
    }

    private ChannelLink? Find(ChannelName channel)
    {
        lock (_lock)
        {
            return _links.GetValueOrDefault(channel);
        }
    }

    // Between 80 and 100 % of the interval, so that silos that started together do not renew together.
    private static TimeSpan NextInterval() => RenewInterval * (0.8 + (0.2 * Random.Shared.NextDouble()));
}
