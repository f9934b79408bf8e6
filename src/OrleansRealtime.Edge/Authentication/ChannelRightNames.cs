namespace OrleansRealtime.Edge.Authentication;

/// <summary>The names of <see cref="ChannelRights"/> in tokens and in the HTTP API.</summary>
public static class ChannelRightNames
{
    private static readonly (string Name, ChannelRights Right)[] Names =
    [
        ("subscribe", ChannelRights.Subscribe),
        ("publish", ChannelRights.Publish),
        ("signal", ChannelRights.Signal),
        ("history", ChannelRights.History),
        ("presence", ChannelRights.Presence),
        ("manage", ChannelRights.Manage),
    ];

    /// <summary>All names but <c>*</c>, for messages.</summary>
    public static string Known { get; } = string.Join(", ", Names.Select(static pair => pair.Name));

    /// <summary>The right called <paramref name="name"/>; <c>*</c> is all of them.</summary>
    public static bool TryParse(string? name, out ChannelRights right)
    {
        if (name == "*")
        {
            right = ChannelRights.All;
            return true;
        }

        foreach (var pair in Names)
        {
            if (pair.Name == name)
            {
                right = pair.Right;
                return true;
            }
        }

        right = ChannelRights.None;
        return false;
    }

    /// <summary>The names of <paramref name="rights"/>.</summary>
    public static IEnumerable<string> Of(ChannelRights rights) =>
        Names.Where(pair => (rights & pair.Right) != 0).Select(static pair => pair.Name);
}
