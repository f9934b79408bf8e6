using OrleansRealtime.Edge;
using OrleansRealtime.Edge.FanOut;

namespace OrleansRealtime.Server.Operators;

/// <summary>Finds the channels that this node is busiest with. Used by one loop.</summary>
internal sealed class BusyChannels(EdgeNode node, TimeProvider clock)
{
    /// <summary>How many it tells of at most.</summary>
    public const int MaxChannels = 20;

    private Dictionary<ChannelName, long> _last = [];
    private long _lastTimestamp = clock.GetTimestamp();

    /// <summary>The busiest, by rate, then by subscribers.</summary>
    public async Task<IReadOnlyList<BusyChannel>> FindAsync(CancellationToken cancellationToken)
    {
        var timestamp = clock.GetTimestamp();
        var seconds = Math.Max(0.001, clock.GetElapsedTime(_lastTimestamp, timestamp).TotalSeconds);
        var now = new Dictionary<ChannelName, long>(_last.Count);
        var all = new List<(ChannelAttachment Attachment, long Seq, double Rate)>();
        foreach (var attachment in node.Attachments.All)
        {
            var seq = attachment.Head.Position.Sequence;
            now[attachment.Name] = seq;
            var rate = _last.TryGetValue(attachment.Name, out var before) ? Math.Max(0, seq - before) / seconds : 0;
            all.Add((attachment, seq, Math.Round(rate, 3)));
        }

        (_last, _lastTimestamp) = (now, timestamp);
        var busiest = all
            .Where(static one => one.Attachment.Holders > 0 && !ConsoleChannels.IsOne(one.Attachment.Name))
            .OrderByDescending(static one => one.Rate)
            .ThenByDescending(static one => one.Attachment.Holders)
            .ThenBy(static one => one.Attachment.Name.Value, StringComparer.Ordinal)
            .Take(MaxChannels);
        var told = new List<BusyChannel>();
        foreach (var (attachment, seq, rate) in busiest)
        {
            var (behind, lag) = await attachment.MeasureLagAsync().WaitAsync(cancellationToken);
            told.Add(new BusyChannel(attachment.Name.Value, attachment.Holders, rate, seq, behind, lag));
        }

        return told;
    }
}
