using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>
/// 10 channels of 50, paced. In turn all read, and 1 of 10 has stopped reading and is over its budget: what the others' latency
/// changes by, in one server. In the end the stalled ones read again, and have everything or were told what is gone.
/// </summary>
internal sealed class SlowReaders
{
    private const int Channels = 10;
    private const int Subscribers = 500;
    private const int PerSecond = 500;
    private const int Turns = 5;
    private const int FillingPayloadBytes = 32 * 1024;
    private const int ReceiveBufferBytes = 32 * 1024;
    private const string CatchUps = "orleansrealtime_edge_catchups_total";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Trial _trial;
    private readonly LoadClient[] _publishers;
    private readonly LoadClient[] _stalling;
    private readonly LoadClient[] _readers;

    private SlowReaders(Trial trial)
    {
        _trial = trial;
        var clients = trial.Load.Add(Subscribers, static client => $"chat:load{client % Channels}");
        _publishers = [.. clients.Take(Channels)];

        // Every tenth of each channel.
        _stalling = [.. clients.Where(static (_, client) => client / Channels % 10 == 9)];
        _readers = [.. clients.Except(_stalling)];
        Array.ForEach(_stalling, static client => client.ReceiveBufferBytes = ReceiveBufferBytes);
    }

    /// <summary>Runs it.</summary>
    public static Task RunAsync(Trial trial) => new SlowReaders(trial).RunAsync();

    private async Task RunAsync()
    {
        await _trial.Load.ConnectAsync(_trial.Load.Clients);
        await FanOut.WithPaceAsync(
            _publishers, PerSecond, _trial.Settings.PayloadBytes, () => Task.Delay(_trial.Peer.WarmUp));
        var (without, with) = (new List<double>(), new List<double>());
        for (var turn = 0; turn < Turns; turn++)
        {
            without.Add(await Latency99Async());
            await StallAsync();
            with.Add(await Latency99Async());
            await GoOnAsync();
        }

        _trial.Figures[Figure.Latency99] = Statistics.Median(without);
        _trial.Figures[Figure.StalledLatency99] = Statistics.Median(with);
        _trial.Figures[Figure.StalledRatio] = Statistics.Median(with) / Statistics.Median(without);
    }

    /// <summary>Of those that always read.</summary>
    private async Task<double> Latency99Async()
    {
        var latencies = new Latencies();
        await FanOut.WithPaceAsync(_publishers, PerSecond, _trial.Settings.PayloadBytes, async () =>
        {
            // What was done between the turns is over by then.
            await Task.Delay(TimeSpan.FromSeconds(1));
            await _trial.Load.InLoopAsync(() => Array.ForEach(_readers, client => client.Latencies = latencies));
            await Task.Delay(TimeSpan.FromSeconds(_trial.Settings.Seconds));
            await _trial.Load.InLoopAsync(() => Array.ForEach(_readers, static client => client.Latencies = null));
        });
        return latencies.Microseconds(0.99);
    }

    /// <summary>Has some stop to read, and fills what the kernel and then the server keep for them.</summary>
    private async Task StallAsync()
    {
        var before = await _trial.Server.CountedAsync(CatchUps);
        await _trial.Load.InLoopAsync(() => Array.ForEach(_stalling, static client => client.Stall(true)));
        for (var waited = Stopwatch.StartNew(); await _trial.Server.CountedAsync(CatchUps) - before < _stalling.Length;)
        {
            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException("Readers that do not read did not fall behind.");
            }

            Array.ForEach(_publishers, static client => client.Publish(Stopwatch.GetTimestamp(), FillingPayloadBytes));
            await _trial.Load.UntilAllAsync(_readers, static client => client.Last == client.Channel.Published, Patience);
        }
    }

    private async Task GoOnAsync()
    {
        await _trial.Load.InLoopAsync(() => Array.ForEach(_stalling, static client => client.Stall(false)));
        if (!await _trial.Load.UntilAllAsync(_stalling, static client => client.Last == client.Channel.Published, Patience))
        {
            throw new TimeoutException("Readers that read again did not catch up.");
        }
    }
}
