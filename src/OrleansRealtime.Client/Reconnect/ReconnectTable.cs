using System.Collections.Frozen;

namespace OrleansRealtime.Client.Reconnect;

/// <summary>How a link ended → come back? when? resume or anew? with which token? Pure (PROTOCOL.md, section 11).</summary>
internal static class ReconnectTable
{
    private static readonly FrozenDictionary<int, Row> CloseCodes = new Dictionary<int, Row>
    {
        [1000] = Row.Stop,
        [1001] = new(When.AtOnce, Resumes: true),
        [1002] = Row.Stop,
        [1003] = Row.Stop,
        [1005] = new(When.Backoff, Resumes: true),
        [1006] = new(When.Backoff, Resumes: true),
        [1007] = Row.Stop,
        [1009] = Row.Stop,
        [1011] = new(When.Backoff, Resumes: true),
        [1012] = new(When.Backoff, Resumes: true),
        [1013] = new(When.Backoff, Resumes: true),
        [1014] = new(When.Backoff, Resumes: true),
        [4001] = new(When.Backoff, Resumes: false, NeedsToken: true),
        [4003] = Row.Stop,
        [4009] = Row.Stop,
        [4010] = new(When.AtOnce, Resumes: true, NeedsToken: true),
        [4029] = Row.Stop,
        [4030] = Row.Stop,
        [4031] = Row.Stop,
        [4503] = new(When.AsToldOrBackoff, Resumes: true),
        [4504] = new(When.Backoff, Resumes: true),
        [4508] = new(When.Backoff, Resumes: true),
        [4513] = new(When.Backoff, Resumes: true),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<int, Row> Statuses = new Dictionary<int, Row>
    {
        [401] = new(When.Backoff, Resumes: false, NeedsToken: true),
        [408] = new(When.AsToldOrBackoff, Resumes: true),
        [425] = new(When.AsToldOrBackoff, Resumes: true),
        [429] = new(When.AsToldOrBackoff, Resumes: true),
    }.ToFrozenDictionary();

    private enum When
    {
        Never,
        AtOnce,
        Backoff,
        AsToldOrBackoff,
    }

    /// <summary>What to do after <paramref name="end"/>.</summary>
    /// <param name="end">How the link ended.</param>
    /// <param name="wasOpen">Whether the link had been acknowledged; only from a good one a client comes back at once.</param>
    /// <param name="attempt">How many waits with backoff there were since the last good connection.</param>
    /// <param name="backoff">How long to wait when the server says nothing.</param>
    public static ReconnectDecision Decide(LinkEnd end, bool wasOpen, int attempt, Backoff backoff)
    {
        var row = RowOf(end);
        var told = row.When == When.AsToldOrBackoff ? end.After : null;
        return row.When switch
        {
            When.Never => ReconnectDecision.Stop,
            When.AtOnce when wasOpen => new ReconnectDecision(true, TimeSpan.Zero, false, row.Resumes, row.NeedsToken),

            // What the server tells is spread already.
            _ when told is { } after => new ReconnectDecision(true, after, false, row.Resumes, row.NeedsToken),
            _ => new ReconnectDecision(true, backoff.Next(attempt), true, row.Resumes, row.NeedsToken),
        };
    }

    private static Row RowOf(LinkEnd end) => end.Kind switch
    {
        LinkEndKind.Closed when CloseCodes.TryGetValue(end.Code, out var row) => row,

        // A code of a later server counts by its range.
        LinkEndKind.Closed => end.Code is >= 4500 and <= 4999 ? new Row(When.Backoff, Resumes: true) : Row.Stop,
        LinkEndKind.Refused when Statuses.TryGetValue(end.Code, out var row) => row,
        LinkEndKind.Refused => end.Code >= 500 ? new Row(When.AsToldOrBackoff, Resumes: true) : Row.Stop,
        LinkEndKind.Left => new Row(When.AsToldOrBackoff, Resumes: true),
        LinkEndKind.NoToken => new Row(When.Backoff, Resumes: true, NeedsToken: true),
        _ => new Row(When.Backoff, Resumes: true),
    };

    private readonly record struct Row(When When, bool Resumes, bool NeedsToken = false)
    {
        public static Row Stop => new(When.Never, false);
    }
}
