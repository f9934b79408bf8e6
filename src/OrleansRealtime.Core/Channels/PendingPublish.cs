namespace OrleansRealtime.Core.Channels;

/// <summary>A publisher that waits for its publication to become durable.</summary>
/// <remarks>Its continuation never runs inside the turn that answers it, so that answering one cannot disturb the others.</remarks>
internal sealed class PendingPublish(PublishRequest request, DateTimeOffset takenAt)
    : TaskCompletionSource<PublishOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>What is to be published.</summary>
    public PublishRequest Request { get; } = request;

    /// <summary>When it was asked for, by the wall clock.</summary>
    public DateTimeOffset TakenAt { get; } = takenAt;

    /// <summary>What has been decided so far.</summary>
    public PublishDecision Decision { get; set; } = PublishDecision.Admitted;

    /// <summary>Whether no other batch can change the decision.</summary>
    public bool IsDecided => Decision.Kind is PublishDecisionKind.Refused or PublishDecisionKind.Duplicate;
}
