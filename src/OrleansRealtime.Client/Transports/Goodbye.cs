using OrleansRealtime.Client.Reconnect;

namespace OrleansRealtime.Client.Transports;

/// <summary>Leaves a link politely, but not for long.</summary>
internal static class Goodbye
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Sends what is queued and says good-bye; cuts the link when the server does not answer in time.</summary>
    public static async Task SayAsync(ILink link, LinkEnd end, TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        await using var cut = timeout.Token.UnsafeRegister(static state => ((ILink)state!).Abort(LinkEnd.Silent), link).ConfigureAwait(false);
        await link.CloseAsync(end, timeout.Token).ConfigureAwait(false);
        await link.Ended.ConfigureAwait(false);
    }
}
