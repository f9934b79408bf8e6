using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>A publication on its way to its channel's grain, and what its caller waits for.</summary>
internal sealed class PendingPublication(PublishRequest request, CancellationToken cancellationToken)
{
    // Asynchronous, so that no caller goes on inside the loop that sends.
    private readonly TaskCompletionSource<PublishOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PublishRequest Request => request;

    public long Bytes => request.Payload.Length;

    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    public Task<PublishOutcome> Outcome => _outcome.Task;

    public void Set(PublishOutcome outcome) => _outcome.TrySetResult(outcome);

    public void Fail(Exception failure) => _outcome.TrySetException(failure);
}
