using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Server.Metrics;

namespace OrleansRealtime.Server.Operators;

/// <summary>Tells the console of this node: samples it once a second, and publishes that while somebody watches.</summary>
/// <remarks>
/// Whoever watches is subscribed to the channel, on this node or another, so its list of edges says whether anybody does. The
/// channel is compact: a console that comes has the latest of every node at once, and the minutes before from each node's past.
/// </remarks>
internal sealed partial class ConsoleFeed : BackgroundService
{
    // Seconds between looks whether somebody watches, and between publications of the past while somebody does.
    private const int LookEvery = 2;
    private const int PastEvery = 10;

    // A node that lives publishes every second while it is watched; what is older was left behind by one that died.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private static readonly Caller Self = Caller.Trusted("console");

    private readonly EdgeNode _node;
    private readonly IChannel _channel;
    private readonly NodeSampler _sampler;
    private readonly BusyChannels _channels;
    private readonly TimeProvider _clock;
    private readonly ILogger<ConsoleFeed> _logger;
    private bool _isWatched;

    /// <summary>Creates it, and begins to measure.</summary>
    public ConsoleFeed(
        EdgeNode node, IChannels channels, MetricsCollector collector, TimeProvider clock, ILogger<ConsoleFeed> logger)
    {
        _node = node;
        _channel = channels.Get(ConsoleChannels.Nodes);
        _sampler = new NodeSampler(collector, node, clock);
        _channels = new BusyChannels(node, clock);
        _clock = clock;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_isWatched)
        {
            await TryAsync(() => ForgetAsync(ConsoleChannels.KeysOf(_node.Id), cancellationToken));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _clock);
        for (var second = 0; await WaitAsync(timer, stoppingToken); second++)
        {
            var sample = _sampler.Take();
            await TryAsync(() => TellAsync(sample, second, stoppingToken));
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TellAsync(NodeSample sample, int second, CancellationToken cancellationToken)
    {
        var isFirst = false;
        if (second % LookEvery == 0)
        {
            var isWatched = await IsWatchedAsync(cancellationToken);
            isFirst = isWatched && !_isWatched;
            _isWatched = isWatched;
        }

        if (!_isWatched)
        {
            return;
        }

        if (isFirst)
        {
            await ForgetTheDeadAsync(cancellationToken);
        }

        if (isFirst || second % PastEvery == 0)
        {
            await PublishAsync(
                ConsoleChannels.PastKey(_node.Id), _sampler.Past, ConsoleJson.Default.PastPoints, cancellationToken);
        }

        await PublishAsync(_node.Id.Value, sample, ConsoleJson.Default.NodeSample, cancellationToken);
        await PublishAsync(
            ConsoleChannels.ChannelsKey(_node.Id),
            await _channels.FindAsync(cancellationToken),
            ConsoleJson.Default.IReadOnlyListBusyChannel,
            cancellationToken);
    }

    private async Task<bool> IsWatchedAsync(CancellationToken cancellationToken) =>
        _node.Attachments.Find(ConsoleChannels.Nodes) is { Holders: > 0 }
        || !(await _channel.DescribeAsync(cancellationToken)).Edges.IsEmpty;

    private async Task ForgetTheDeadAsync(CancellationToken cancellationToken)
    {
        var snapshot = await _channel.ReadSnapshotAsync(cancellationToken);
        var limit = _clock.GetUtcNow() - Forgotten;
        await ForgetAsync(
            snapshot.Publications.Where(one => one.Time < limit && one.Key is not null).Select(static one => one.Key!),
            cancellationToken);
    }

    private async Task ForgetAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            await _channel.PublishAsync(new PublishRequest(Self, Payload.Json("null"), Key: key), cancellationToken);
        }
    }

    private async Task PublishAsync<T>(string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var payload = Payload.Json(JsonSerializer.SerializeToUtf8Bytes(value, type));
        var outcome = await _channel.PublishAsync(new PublishRequest(Self, payload, Key: key), cancellationToken);
        if (outcome.Refusal is { } refusal)
        {
            NotTold(refusal.Detail);
        }
    }

    private async Task TryAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        catch (Exception exception)
        {
            // A background loop's boundary: the console misses a second, and the next one is another try.
            NotTold(exception.Message);
        }
    }

    [LoggerMessage(5030, LogLevel.Debug, "The console could not be told of this node: {Detail}")]
    private partial void NotTold(string detail);
}
