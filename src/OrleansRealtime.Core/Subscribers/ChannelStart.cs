namespace OrleansRealtime.Core.Subscribers;

/// <summary>Where in a channel a subscriber begins. Immutable; the default is <see cref="Live"/>.</summary>
public readonly record struct ChannelStart
{
    private ChannelStart(Position? position, bool isOldest)
    {
        Position = position;
        IsOldest = isOldest;
    }

    /// <summary>With what is published from now on.</summary>
    public static ChannelStart Live { get; }

    /// <summary>With the oldest publication that the channel retains.</summary>
    public static ChannelStart Oldest { get; } = new(null, isOldest: true);

    /// <summary>The position after which it begins; null for <see cref="Live"/> and <see cref="Oldest"/>.</summary>
    public Position? Position { get; }

    /// <summary>Whether with the oldest publication.</summary>
    public bool IsOldest { get; }

    /// <summary>After the last publication that was handled; from the oldest when there is none.</summary>
    public static ChannelStart After(Position? handled) => handled is null ? Oldest : new(handled, isOldest: false);
}
