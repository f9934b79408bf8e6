using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>Publications on their way to many.</summary>
internal static class FanOut
{
    private const int MaxInFlight = 16;
    private const int MaxBytesInFlight = 128 * 1024;
    private const int SubscribersOfSmall = 3;

    /// <summary>One channel of 500; its first subscriber keeps 16 of its own publications under way.</summary>
    public static Task SaturatedAsync(Trial trial) => SaturateAsync(trial, 500);

    /// <summary>The same with one channel of as many as there are connections.</summary>
    public static Task HugeChannelAsync(Trial trial) => SaturateAsync(trial, trial.Settings.Connections);

    /// <summary>10 channels of 100; 500 publications per second in total.</summary>
    public static Task PacedAsync(Trial trial) => PaceAsync(trial, channels: 10, subscribers: 100, active: 10, perSecond: 500);

    /// <summary>As many channels of 3 as there are connections for; 2000 publications per second in total.</summary>
    public static Task ManyChannelsAsync(Trial trial) =>
        PaceAsync(trial, trial.Settings.Connections / SubscribersOfSmall, SubscribersOfSmall, trial.Settings.Connections / SubscribersOfSmall, 2000);

    /// <summary>The same connections and channels, but all publications are in 10 of them: what the number of channels costs.</summary>
    public static Task FewChannelsAsync(Trial trial) =>
        PaceAsync(trial, trial.Settings.Connections / SubscribersOfSmall, SubscribersOfSmall, active: 10, perSecond: 2000);

    /// <summary>
    /// Publishes until it is stopped, round robin, each by the first subscriber of its channel. A publication carries the time at
    /// which it was due, so that one which had to wait for those before it is not flattered.
    /// </summary>
    public static async Task WithPaceAsync(IReadOnlyList<LoadClient> publishers, int perSecond, int payloadBytes, Func<Task> during)
    {
        using var stop = new CancellationTokenSource();
        var pacing = Task.Factory.StartNew(
            () =>
            {
                var interval = Stopwatch.Frequency / perSecond;
                var due = Stopwatch.GetTimestamp();
                for (var turn = 0; !stop.IsCancellationRequested; turn = (turn + 1) % publishers.Count)
                {
                    due += interval;
                    Clock.WaitUntil(due);
                    publishers[turn].Publish(due, payloadBytes);
                }
            },
            default,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            await during();
        }
        finally
        {
            await stop.CancelAsync();
            await pacing;
        }
    }

    private static async Task SaturateAsync(Trial trial, int subscribers)
    {
        await trial.Load.JoinAsync(subscribers, static _ => "chat:load");
        var publisher = trial.Load.Clients[0];
        void Publish() => publisher.Publish(Stopwatch.GetTimestamp(), trial.Settings.PayloadBytes);

        // Less of long payloads: more than a connection may have queued would measure how slow readers are treated.
        var inFlight = Math.Clamp(MaxBytesInFlight / trial.Settings.PayloadBytes, 1, MaxInFlight);
        publisher.Delivered = Publish;
        await trial.Load.InLoopAsync(() =>
        {
            for (var i = 0; i < inFlight; i++)
            {
                Publish();
            }
        });
        await Task.Delay(trial.Peer.WarmUp);
        await trial.MeasureAsync(subscribers);
        await trial.Load.InLoopAsync(() => publisher.Delivered = null);
    }

    private static async Task PaceAsync(Trial trial, int channels, int subscribers, int active, int perSecond)
    {
        await trial.Load.JoinAsync(channels * subscribers, client => $"chat:load{client % channels}");
        await WithPaceAsync(trial.Load.Clients[..active], perSecond, trial.Settings.PayloadBytes, async () =>
        {
            await Task.Delay(trial.Peer.WarmUp);
            await trial.MeasureAsync(subscribers);
            await trial.TakeLatenciesAsync();
        });
    }
}
