namespace OrleansRealtime.Core.Channels;

/// <summary>What the machine makes of a request to publish.</summary>
internal enum PublishDecisionKind
{
    /// <summary>It may be staged.</summary>
    Admitted,

    /// <summary>No.</summary>
    Refused,

    /// <summary>It was published before.</summary>
    Duplicate,

    /// <summary>It repeats one of the batch being staged, and is a duplicate once that batch is committed.</summary>
    DuplicateOfStaged,

    /// <summary>It is part of the batch, with a provisional number.</summary>
    Staged,
}

/// <summary>A decision on one request to publish. Immutable.</summary>
/// <param name="Kind">What kind of decision.</param>
/// <param name="Position">Where the publication stands, or will stand once the batch is committed.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="IsUndecided">With a refusal: whether only the application's authorizer can still allow it.</param>
/// <param name="Answer">What the behaviour answers.</param>
/// <param name="Fault">What the behaviour threw.</param>
internal readonly record struct PublishDecision(
    PublishDecisionKind Kind,
    Position Position = default,
    RealtimeError? Refusal = null,
    bool IsUndecided = false,
    Payload? Answer = null,
    Exception? Fault = null)
{
    /// <summary>It may be staged.</summary>
    public static PublishDecision Admitted => new(PublishDecisionKind.Admitted);

    /// <summary>No.</summary>
    public static PublishDecision Refused(RealtimeError refusal, bool isUndecided = false, Exception? fault = null) =>
        new(PublishDecisionKind.Refused, Refusal: refusal, IsUndecided: isUndecided, Fault: fault);

    /// <summary>What the publisher is told, given that a batch it is part of was committed.</summary>
    public PublishOutcome ToOutcome() => Kind switch
    {
        PublishDecisionKind.Refused => PublishOutcome.Refused(Refusal!, IsUndecided),
        PublishDecisionKind.Duplicate or PublishDecisionKind.DuplicateOfStaged => PublishOutcome.Duplicate(Position),
        PublishDecisionKind.Staged => PublishOutcome.Accepted(Position, Answer),
        _ => throw new InvalidOperationException($"{Kind} is no outcome."),
    };
}
