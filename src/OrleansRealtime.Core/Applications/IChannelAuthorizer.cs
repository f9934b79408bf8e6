namespace OrleansRealtime.Core.Applications;

/// <summary>
/// The application's own word on who may do what, asked last and only when no ban, policy, grant or capability answered.
/// </summary>
/// <remarks>
/// Called by the edge, concurrently; it may wait. What it throws counts as no, and is logged;
/// so does an answer that takes longer than the edge's <c>ApplicationTimeout</c>. A yes is remembered for the
/// connection and channel until the token is refreshed or the channel's grants change.
/// </remarks>
public interface IChannelAuthorizer
{
    /// <summary>Whether <paramref name="user"/> has <paramref name="right"/>, which is a single one, in <paramref name="channel"/>.</summary>
    ValueTask<bool> AuthorizeAsync(
        UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken);
}
