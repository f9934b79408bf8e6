namespace OrleansRealtime.Storage.AdoNet;

/// <summary>How the store writes, trims and gives up. Read once at start.</summary>
public sealed class StorageOptions
{
    /// <summary>How long one statement may take; default 10 s, 1 s to 5 min. Whole seconds count.</summary>
    // Well above the 5 s for which SQLite waits for another process, well below the 30 s of common HTTP timeouts.
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a whole transaction or read may take, connecting included, before its callers hear that it failed: half again as
    /// long as a statement. Drivers take their own time to connect, to cancel and to commit when the server is silent.
    /// </summary>
    internal TimeSpan TransactionTimeout => StatementTimeout * 1.5;

    /// <summary>How many requests one transaction takes at most; default 1024, 1 to 65,536.</summary>
    // At 3 µs a row a full transaction adds some 3 ms, about as much as the flush that it shares.
    public int MaxTransactionRequests { get; set; } = 1024;

    /// <summary>
    /// How many bytes of payload one transaction takes at most; default 4 MiB, 64 KiB to 256 MiB. A larger batch goes alone.
    /// </summary>
    // SQLite's write-ahead log is checkpointed at 4 MiB; larger transactions would let it grow beyond.
    public int MaxTransactionBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many requests may wait for the writer; more are refused as transient. Default 65,536, 1 to 1,048,576.</summary>
    // Each waiting append belongs to another channel: as many channels as publish at once in one process, with room to spare.
    public int MaxWaitingRequests { get; set; } = 65_536;

    /// <summary>How many bytes of payload may wait for the writer; more are refused as transient. Default 64 MiB, 64 KiB to 1 GiB.</summary>
    // Sixteen full transactions: what waits longer has lost its publisher to a timeout.
    public int MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many connections read at once; default 4, 1 to 64.</summary>
    // Reads are activations and catch-ups beyond the buffer; more would only compete for the same disk.
    public int ReaderConnections { get; set; } = 4;

    /// <summary>
    /// How long message ids are kept at least, also when their publications are trimmed; default 24 h, at least 1 min.
    /// </summary>
    // A client that retries a publication a day later is not retrying any more.
    public TimeSpan MessageIdRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often what exceeds its retention is looked for; default 30 s, 100 ms to 1 h.</summary>
    // Ages are minutes and more; counts and bytes are noticed by the writer and do not wait for this.
    public TimeSpan TrimInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many rows one transaction of the trimmer deletes at most; default 500, 1 to 10,000.</summary>
    // About a millisecond of deletes, so that appends behind it do not notice.
    public int MaxTrimmedRows { get; set; } = 500;

    /// <summary>How long a stop waits for what was asked before it; default 10 s, at least 1 s.</summary>
    // Half of the drain window of 20 s.
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with these options, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var mistakes = new List<string>();
        Check(mistakes, nameof(StatementTimeout), StatementTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check(mistakes, nameof(MessageIdRetention), MessageIdRetention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650));
        Check(mistakes, nameof(TrimInterval), TrimInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Check(mistakes, nameof(StopTimeout), StopTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check(mistakes, nameof(MaxTransactionRequests), MaxTransactionRequests, 1, 65_536);
        Check(mistakes, nameof(MaxTransactionBytes), MaxTransactionBytes, 64 * 1024, 256 * 1024 * 1024);
        Check(mistakes, nameof(MaxWaitingRequests), MaxWaitingRequests, 1, 1_048_576);
        Check(mistakes, nameof(MaxWaitingBytes), MaxWaitingBytes, 64 * 1024, 1024 * 1024 * 1024);
        Check(mistakes, nameof(ReaderConnections), ReaderConnections, 1, 64);
        Check(mistakes, nameof(MaxTrimmedRows), MaxTrimmedRows, 1, 10_000);
        return mistakes;
    }

    private static void Check<T>(List<string> mistakes, string option, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            mistakes.Add($"Storage option {option} is {value}; it must be from {least} to {most}.");
        }
    }
}
