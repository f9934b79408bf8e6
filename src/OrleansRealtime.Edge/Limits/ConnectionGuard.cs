using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.Limits;

/// <summary>Watches one connection by its own budget, its user's and its strikes, and remembers offenders.</summary>
internal sealed class ConnectionGuard(
    ConnectionBudget budget, UserBudgets users, OffenderTable offenders, Admission.Lease lease) : IConnectionGuard
{
    private UserId? _user;

    /// <inheritdoc/>
    public RealtimeError? Admit(int messageBytes, out CloseReason? ending)
    {
        ending = null;
        var outcome = budget.Take(messageBytes, out var retryAfter);
        if (outcome == BudgetOutcome.Taken)
        {
            return _user is { } user && !users.TryTake(OffenderKey.Of(user), messageBytes, out retryAfter)
                ? RateLimited("this user sends more than its connections together may", retryAfter)
                : null;
        }

        if (outcome == BudgetOutcome.Abusive)
        {
            ending = CloseReason.Abusive;
        }

        return RateLimited("this connection sends more commands or bytes than it may", retryAfter);
    }

    /// <inheritdoc/>
    public CloseReason? Strike() => budget.Strike() ? CloseReason.Abusive : null;

    /// <inheritdoc/>
    public void OnAuthenticated(UserId user) => _user = user;

    /// <inheritdoc/>
    public void OnEnded(CloseReason reason)
    {
        if (reason.Code == CloseReason.Abusive.Code)
        {
            offenders.Report(lease.Address);
            if (_user is { } user)
            {
                offenders.Report(OffenderKey.Of(user));
            }
        }

        lease.Dispose();
    }

    private static RealtimeError RateLimited(string detail, TimeSpan retryAfter) =>
        new(RealtimeErrorCode.RateLimited, detail, retryAfter);
}
