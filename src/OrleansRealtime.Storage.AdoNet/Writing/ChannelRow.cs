using System.Data.Common;

namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>A channel as it is within one transaction, after what the transaction did to it so far.</summary>
internal sealed class ChannelRow
{
    private readonly long _oldest;
    private readonly long _trimmedBytes;
    private readonly long? _retainedCount;
    private readonly long? _retainedBytes;

    private ChannelRow(DbDataReader reader)
    {
        Id = reader.GetInt64(0);
        Name = reader.GetString(1);
        Epoch = new Epoch(reader.GetString(2));
        Fence = reader.GetInt64(3);
        LastSequence = reader.GetInt64(4);
        _oldest = reader.GetInt64(5);
        TotalBytes = reader.GetInt64(6);
        _trimmedBytes = reader.GetInt64(7);
        _retainedCount = reader.GetNumber(8);
        _retainedBytes = reader.GetNumber(9);
    }

    /// <summary>Its number in the store.</summary>
    public long Id { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its epoch.</summary>
    public Epoch Epoch { get; }

    /// <summary>The highest fence issued.</summary>
    public long Fence { get; }

    /// <summary>The sequence of the last publication.</summary>
    public long LastSequence { get; set; }

    /// <summary>The payload bytes of all publications that ever were.</summary>
    public long TotalBytes { get; set; }

    /// <summary>
    /// Whether so much exceeds the retention that trimming pays: an eighth more than is kept. A trim has a fixed cost, which one
    /// publication at a time would not repay.
    /// </summary>
    public bool IsDueForTrim =>
        LastSequence - _oldest + 1 > _retainedCount + (_retainedCount / 8)
        || TotalBytes - _trimmedBytes > _retainedBytes + (_retainedBytes / 8);

    /// <summary>Reads the columns of <c>lock-channels.sql</c>.</summary>
    public static ChannelRow Read(DbDataReader reader) => new(reader);
}
