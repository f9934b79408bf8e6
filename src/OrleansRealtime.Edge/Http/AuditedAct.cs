namespace OrleansRealtime.Edge.Http;

/// <summary>An administrative act, as the audit trail tells of it. Immutable.</summary>
/// <param name="Act">What: <c>grant</c>, <c>revoke</c>, <c>disconnect</c>, <c>kick</c>, <c>ban</c>, <c>unban</c>, <c>revoke-tokens</c>.</param>
/// <param name="By">Who.</param>
/// <param name="User">To whom.</param>
/// <param name="Channel">In which channel, or null when in all.</param>
/// <param name="Detail">The rights, the reason, the time: what distinguishes it from others of its kind; or null.</param>
internal sealed record AuditedAct(string Act, Sender By, UserId User, ChannelName? Channel = null, string? Detail = null);
