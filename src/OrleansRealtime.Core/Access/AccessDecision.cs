namespace OrleansRealtime.Core.Access;

/// <summary>What the rules say before the application is asked.</summary>
public enum AccessDecision
{
    /// <summary>No.</summary>
    Denied,

    /// <summary>Yes.</summary>
    Allowed,

    /// <summary>No rule says anything: the application's authorizer decides, and without one the answer is no.</summary>
    Undecided,
}
