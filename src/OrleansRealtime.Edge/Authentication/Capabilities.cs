namespace OrleansRealtime.Edge.Authentication;

/// <summary>The <c>caps</c> claim: which rights a token gives in which channels. Immutable.</summary>
/// <remarks>
/// A key of the claim is a channel name, or a prefix followed by <c>*</c>; the rights of all keys that match a channel add up.
/// The rights are <c>subscribe</c>, <c>publish</c>, <c>signal</c>, <c>history</c>, <c>presence</c>, <c>manage</c> and <c>*</c> for
/// all of them.
/// </remarks>
internal sealed class Capabilities
{
    private readonly (string Prefix, bool IsExact, ChannelRights Rights)[] _entries;

    /// <summary>Capabilities of these patterns.</summary>
    public Capabilities(IReadOnlyList<(string Pattern, ChannelRights Rights)> entries)
    {
        Entries = entries;
        _entries = entries
            .Select(static entry => entry.Pattern.EndsWith('*')
                ? (entry.Pattern[..^1], false, entry.Rights)
                : (entry.Pattern, true, entry.Rights))
            .ToArray();
    }

    /// <summary>The patterns and their rights.</summary>
    public IReadOnlyList<(string Pattern, ChannelRights Rights)> Entries { get; }

    /// <summary>The rights in every channel: those of the pattern <c>*</c>.</summary>
    public ChannelRights Everywhere =>
        Entries.Where(static entry => entry.Pattern == "*").Aggregate(ChannelRights.None, static (sum, entry) => sum | entry.Rights);

    /// <summary>No capabilities.</summary>
    public static Capabilities None { get; } = new([]);

    /// <summary>The rights in <paramref name="channel"/>.</summary>
    public ChannelRights In(ChannelName channel)
    {
        var rights = ChannelRights.None;
        foreach (var (prefix, isExact, entryRights) in _entries)
        {
            var matches = isExact
                ? string.Equals(channel.Value, prefix, StringComparison.Ordinal)
                : channel.Value.StartsWith(prefix, StringComparison.Ordinal);
            if (matches)
            {
                rights |= entryRights;
            }
        }

        return rights;
    }
}
