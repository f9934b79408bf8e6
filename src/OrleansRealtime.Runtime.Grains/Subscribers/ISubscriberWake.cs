using Orleans.Concurrency;

namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>What every grain can be called for without having a method for it: to be active.</summary>
[Alias("realtime.ISubscriberWake")]
internal interface ISubscriberWake : IGrainExtension
{
    /// <summary>Returns when the grain is active, however busy it is.</summary>
    [Alias("wake")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:10")]
    ValueTask WakeAsync();
}
