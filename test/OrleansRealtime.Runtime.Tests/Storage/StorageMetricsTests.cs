using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class StorageMetricsTests
{
    [Fact]
    public async Task Append_ThatIsCommitted_IsMeasuredWithItsBatch()
    {
        await using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        var measured = new ConcurrentQueue<(string Name, double Value)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured.Enqueue((instrument.Name, value)));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured.Enqueue((instrument.Name, value)));
        listener.Start();
        await using var store = new SqliteStore { Meters = meters };
        await store.StartAsync();
        var room = ChannelName.Parse("chat:room");
        var opened = await store.Log.OpenAsync(room, new Epoch("e1"), CancellationToken.None);

        await store.Log.AppendAsync(
            room,
            opened.Fence,
            [.. Enumerable.Range(1, 3).Select(i => new Publication(i, store.Time.Now, Sender.OfServer("s"), null, null, Payload.Json("1")))],
            CancellationToken.None);

        Assert.Equal(("orleansrealtime.storage.append.batch", 3), Assert.Single(measured, static one => one.Name.EndsWith("append.batch", StringComparison.Ordinal)));
        Assert.Contains(measured, static one => one.Name == "orleansrealtime.storage.transaction.duration");
    }

    [Fact]
    public async Task LogReads_OfARangeAndOfTheLatestByKey_AreCountedOnceEach()
    {
        await using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        long reads = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "orleansrealtime.storage.log.reads")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref reads, value));
        listener.Start();
        await using var store = new SqliteStore { Meters = meters };
        await store.StartAsync();
        var (room, epoch) = (ChannelName.Parse("chat:room"), new Epoch("e1"));
        await store.Log.OpenAsync(room, epoch, CancellationToken.None);

        await store.Log.ReadAsync(room, epoch, 0, 10, 10, 1000, CancellationToken.None);
        await store.Log.ReadLatestByKeyAsync(room, epoch, CancellationToken.None);

        Assert.Equal(2, reads);
    }
}
