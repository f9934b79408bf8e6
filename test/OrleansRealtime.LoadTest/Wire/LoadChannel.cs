namespace OrleansRealtime.LoadTest.Wire;

/// <summary>A channel of the load: what was published in it, which is what its clients must have in the end.</summary>
/// <param name="name">Its name.</param>
internal sealed class LoadChannel(string name)
{
    private long _published;

    public string Name => name;

    /// <summary>The last number that was published, from 1; written by the one who publishes.</summary>
    public long Published
    {
        get => Volatile.Read(ref _published);
        set => Volatile.Write(ref _published, value);
    }

    /// <summary>Its numbering, as the server says; none where the peer has none.</summary>
    public Epoch Epoch { get; set; }
}
