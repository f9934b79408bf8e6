using System.Net;

namespace OrleansRealtime.Edge.Limits;

/// <summary>Admits connections, and gives each that comes in its guard. Safe for concurrent use.</summary>
internal sealed class Doorkeeper(
    Admission admission, OffenderTable offenders, UserBudgets users, LimitOptions limits, int maxMessageBytes, TimeProvider clock)
{
    private readonly BudgetTerms _terms = new(limits, maxMessageBytes, clock);

    /// <summary>Admits a connection from <paramref name="address"/>, or says why not. A guard that is not used must be ended.</summary>
    public DoorOutcome Admit(IPAddress? address)
    {
        var outcome = admission.Admit(address);
        if (outcome.Lease is not { } lease)
        {
            return new DoorOutcome(outcome.Refusal, null);
        }

        return new DoorOutcome(null, new ConnectionGuard(new ConnectionBudget(_terms), users, offenders, lease));
    }

    /// <summary>Why a user who authenticated is not let in: cut off for repeated abuse; null when let in.</summary>
    public RealtimeError? Check(UserId user) =>
        offenders.IsCutOff(OffenderKey.Of(user), out var remaining)
            ? new RealtimeError(
                RealtimeErrorCode.RateLimited,
                $"this user is cut off for repeated abuse, for {remaining.TotalSeconds:0} s more",
                remaining)
            : null;
}
