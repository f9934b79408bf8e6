using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Server.Configuration;

/// <summary>The policy of a namespace as it is configured. Section <c>Realtime:Namespaces:&lt;namespace&gt;</c>.</summary>
internal sealed class NamespaceOptions
{
    /// <summary><c>none</c>, <c>memory</c> or <c>durable</c>. Default memory; for <c>@</c> durable where there is a store.</summary>
    public Durability? Durability { get; set; }

    /// <summary>What is kept for resume and history.</summary>
    public ReplayOptions Replay { get; } = new();

    /// <summary>For how long after it left a client is promised a complete resume. Default: as long as publications are kept.</summary>
    public TimeSpan? ResumeWindow { get; set; }

    /// <summary>Whether the latest publication of each key is kept beyond that. Default false.</summary>
    public bool Compact { get; set; }

    /// <summary><c>catchup</c>, <c>latest</c>, <c>drop</c> or <c>close</c>. Default catchup; drop where nothing is kept.</summary>
    public SlowReaderPolicy? SlowReader { get; set; }

    /// <summary><c>public</c>, <c>authenticated</c>, <c>private</c> or <c>managed</c>. Default authenticated.</summary>
    public ChannelAccess Access { get; set; } = ChannelAccess.Authenticated;

    /// <summary><c>anyone</c> or <c>server</c>. Default anyone; for <c>@</c> server.</summary>
    public PublisherPolicy? Publishers { get; set; }

    /// <summary><c>off</c>, <c>count</c> or <c>members</c>. Default off.</summary>
    public PresencePolicy Presence { get; set; } = PresencePolicy.Off;

    /// <summary>What may be published at most.</summary>
    public PublishLimitOptions Limits { get; } = new();
}

/// <summary>What is kept for resume and history; the first limit reached drops the oldest.</summary>
internal sealed class ReplayOptions
{
    /// <summary>Publications. Default 1000; 1 to 1,000,000.</summary>
    public int Count { get; set; } = ReplayPolicy.Default.Count;

    /// <summary>Bytes of payload. Default 1048576; at least one message, at most 1 GiB.</summary>
    public long Bytes { get; set; } = ReplayPolicy.Default.Bytes;

    /// <summary>Time since numbered. Default 01:00:00; 1 s to 3650 days.</summary>
    public TimeSpan Age { get; set; } = ReplayPolicy.Default.Age;
}

/// <summary>What may be published in a channel at most.</summary>
internal sealed class PublishLimitOptions
{
    /// <summary>Bytes of one payload. Default 65536; 1 to 16 MiB.</summary>
    public int MessageBytes { get; set; } = ChannelLimits.Default.MessageBytes;

    /// <summary>Publications of one sender per second, 0 for no limit. Default 50.</summary>
    public int PublishesPerSecondPerSender { get; set; } = ChannelLimits.Default.PublishesPerSecondPerSender;

    /// <summary>Publications in one channel per second, 0 for no limit. Default 5000.</summary>
    public int PublishesPerSecond { get; set; } = ChannelLimits.Default.PublishesPerSecond;
}
