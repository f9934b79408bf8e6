using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>Publications on their way to many.</summary>
internal static class FanOut
{
    private const int InFlight = 16;

    // Long enough for a runtime that compiles what is hot again, with what it saw, to have done so.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    /// <summary>One channel of 500; its first subscriber keeps 16 of its own publications under way.</summary>
    public static Task SaturatedAsync(Trial trial) => SaturateAsync(trial, 500);

    /// <summary>The same with one channel of as many as there are connections.</summary>
    public static Task HugeChannelAsync(Trial trial) => SaturateAsync(trial, trial.Settings.Connections);

    /// <summary>10 channels of 100; 500 publications per second in total, each due at its own time.</summary>
    public static Task PacedAsync(Trial trial) => PaceAsync(trial, channels: 10, subscribers: 100, perSecond: 500);

    /// <summary>As many channels of 3 as there are connections for; 2000 publications per second in total.</summary>
    public static Task ManyChannelsAsync(Trial trial) =>
        PaceAsync(trial, channels: trial.Settings.Connections / 3, subscribers: 3, perSecond: 2000);

    /// <summary>10 channels of 3 at the same rate: what <see cref="ManyChannelsAsync"/> is compared with.</summary>
    public static Task FewChannelsAsync(Trial trial) => PaceAsync(trial, channels: 10, subscribers: 3, perSecond: 2000);

    private static async Task SaturateAsync(Trial trial, int subscribers)
    {
        await trial.Load.JoinAsync(subscribers, static _ => "chat:load");
        var publisher = trial.Load.Clients[0];
        long number = 0;
        void Publish() => publisher.Publish(
            Marker.Payload(++number, Stopwatch.GetTimestamp(), trial.Settings.PayloadBytes));

        publisher.Delivered = (_, _) => Publish();
        await trial.Load.InLoopAsync(() =>
        {
            for (var i = 0; i < InFlight; i++)
            {
                Publish();
            }
        });
        await Task.Delay(WarmUp);
        await trial.MeasureAsync(TimeSpan.FromSeconds(trial.Settings.Seconds));
        publisher.Delivered = null;
    }

    private static async Task PaceAsync(Trial trial, int channels, int subscribers, int perSecond)
    {
        await trial.Load.JoinAsync(channels * subscribers, client => $"chat:load{client % channels}");
        using var stop = new CancellationTokenSource();
        var pacing = Task.Factory.StartNew(
            () => Pace(trial, channels, perSecond, stop.Token), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.Delay(WarmUp);
        await trial.MeasureAsync(TimeSpan.FromSeconds(trial.Settings.Seconds));
        await stop.CancelAsync();
        await pacing;
    }

    /// <summary>
    /// Publishes round robin, each by the first subscriber of its channel. A publication carries the time at which it was due, so
    /// that one which had to wait for those before it is not flattered.
    /// </summary>
    private static void Pace(Trial trial, int channels, int perSecond, CancellationToken stop)
    {
        var numbers = new long[channels];
        var interval = Stopwatch.Frequency / perSecond;
        var due = Stopwatch.GetTimestamp();
        for (var turn = 0; !stop.IsCancellationRequested; turn = (turn + 1) % channels)
        {
            due += interval;
            Clock.WaitUntil(due);
            trial.Load.Clients[turn].Publish(Marker.Payload(++numbers[turn], due, trial.Settings.PayloadBytes));
        }
    }
}
