namespace OrleansRealtime.Edge.FanOut;

/// <content>What an operator is told of local subscribers.</content>
internal sealed partial class ChannelAttachment
{
    /// <summary>How many subscriptions hold it, those being set up included.</summary>
    public int Holders
    {
        get
        {
            lock (_lock)
            {
                return _holders;
            }
        }
    }

    /// <summary>How many local subscribers lack publications that are here, and how many the last of them lacks.</summary>
    public async Task<(int Behind, long Most)> MeasureLagAsync()
    {
        var groups = _groups.OfType<ShardGroup>().ToArray();
        var measured = await Task.WhenAll(groups.Select(static group => group.MeasureLagAsync())).ConfigureAwait(false);
        return (measured.Sum(static one => one.Behind), measured.Select(static one => one.Most).DefaultIfEmpty().Max());
    }
}
