namespace OrleansRealtime.Edge.Http;

/// <summary>A publication of the audit trail.</summary>
/// <param name="At">When it was over, in Unix milliseconds.</param>
/// <param name="By">Who: a user, or a server as <c>$name</c>.</param>
/// <param name="Act">What.</param>
/// <param name="User">To whom.</param>
/// <param name="Channel">In which channel; absent when in all.</param>
/// <param name="Detail">The rights, the reason, the time; absent when there is none.</param>
/// <param name="Outcome"><c>done</c>, or <c>failed</c>: then it may have happened or not.</param>
/// <param name="Result">What it came to, e.g. how many connections were closed; absent when there is nothing to say.</param>
internal sealed record AuditEntry(
    long At, string By, string Act, string User, string? Channel, string? Detail, string Outcome, string? Result);
