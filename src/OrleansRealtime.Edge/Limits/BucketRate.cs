namespace OrleansRealtime.Edge.Limits;

/// <summary>How fast a <see cref="TokenBucket"/> fills and how much it holds; one for all buckets of a kind. Immutable.</summary>
/// <param name="PerSecond">Units per second; 0 for no limit.</param>
/// <param name="Burst">How much it holds; at least 1 when there is a limit.</param>
internal readonly record struct BucketRate(double PerSecond, double Burst);
