using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>Measures turns of one kind of actor; costs nothing while nobody listens.</summary>
internal sealed class TurnTime(Histogram<double> histogram, KeyValuePair<string, object?> kind)
{
    public long Begin() => histogram.Enabled ? Stopwatch.GetTimestamp() : 0;

    public void End(long began)
    {
        if (began != 0)
        {
            histogram.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, kind);
        }
    }
}
