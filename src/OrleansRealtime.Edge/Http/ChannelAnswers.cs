using OrleansRealtime.Core.Channels;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Http;

/// <summary>Shows a channel's description.</summary>
internal static class ChannelAnswers
{
    /// <summary>The answer that shows <paramref name="description"/>.</summary>
    public static ChannelAnswer Of(ChannelDescription description)
    {
        var guarantee = description.Guarantee;
        return new ChannelAnswer(
            description.Channel.Value,
            description.Position.Epoch.ToString(),
            description.Position.Sequence,
            description.Oldest,
            description.BufferedBytes,
            description.Members,
            [.. description.Edges.Select(static edge => edge.Value)],
            [.. description.Grants.Entries.Select(static pair => new GrantEntryAnswer(
                pair.Key.Value,
                [.. ChannelRightNames.Of(pair.Value.Allowed)],
                [.. ChannelRightNames.Of(pair.Value.Denied)]))],
            description.Grants.Version,
            new GuaranteeAnswer(
                Lower(guarantee.Durability), guarantee.ReplayCount, guarantee.ReplayBytes,
                (long)guarantee.ReplayAge.TotalMilliseconds, guarantee.Compact, Lower(guarantee.SlowReader)));
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
