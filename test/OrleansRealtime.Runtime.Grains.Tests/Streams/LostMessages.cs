using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansRealtime.Runtime.Grains.Tests.Streams;

/// <summary>Counts what a silo's metrics say is lost. Safe for concurrent use.</summary>
internal sealed class LostMessages : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<RealtimeMetrics>().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private long _count;

    public LostMessages()
    {
        Metrics = _services.GetRequiredService<RealtimeMetrics>();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "orleansrealtime.runtime.messages_lost")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _count, count));
        _listener.Start();
    }

    /// <summary>What counts.</summary>
    public RealtimeMetrics Metrics { get; }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }
}
