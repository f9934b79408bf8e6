namespace OrleansRealtime.Edge.FanOut;

/// <summary>Measures how long publications took from the publisher's call of the channel to the writes of a shard's turn.</summary>
/// <remarks>Used by one shard, in its turns. The clock is read once for all publications of a turn, and never for a socket.</remarks>
internal sealed class DeliveryLatency(EdgeMetrics metrics, TimeProvider clock)
{
    private readonly List<DateTimeOffset> _given = [];

    /// <summary>A publication was given to subscribers in this turn.</summary>
    public void Note(CachedPublication publication)
    {
        if (publication.TakenAt != default && metrics.MeasuresDelivery)
        {
            _given.Add(publication.TakenAt);
        }
    }

    /// <summary>The turn has written.</summary>
    public void OnWritten()
    {
        if (_given.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        foreach (var takenAt in _given)
        {
            metrics.Delivered(now - takenAt);
        }

        _given.Clear();
    }
}
