namespace OrleansRealtime.Server.Memory;

/// <summary>What the server does about its memory. Section <c>Realtime:Memory</c>.</summary>
internal sealed class MemoryOptions
{
    /// <summary>
    /// Whether memory is given back to the system when the node is quiet after many connections came or went, at the price of one
    /// pause of about 1 ms per MB in use, 256 MB at most. Default true.
    /// </summary>
    public bool CompactWhenQuiet { get; set; } = true;
}
