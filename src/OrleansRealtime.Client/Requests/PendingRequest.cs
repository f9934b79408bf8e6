using OrleansRealtime.Client.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Requests;

/// <summary>A command that waits for its answer. Guarded by the lock of the wire.</summary>
internal sealed class PendingRequest(ClientCommand command, bool isRepeatable)
{
    private readonly TaskCompletionSource<AckPayload?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClientCommand Command => command;

    /// <summary>Whether it may be sent again when its answer was lost.</summary>
    public bool IsRepeatable => isRepeatable;

    public bool IsSent { get; set; }

    public int Refusals { get; set; }

    /// <summary>Runs while it waits to be tried again.</summary>
    public Alarm? Hold { get; set; }

    public Task<AckPayload?> Answer => _answer.Task;

    public void Complete(AckPayload? payload) => _answer.TrySetResult(payload);

    public void Fail(RealtimeError error) => Fail(new RealtimeException(error));

    public void Fail(RealtimeException exception) => _answer.TrySetException(exception);

    public void Cancel(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);

    public void EndHold()
    {
        Hold?.Dispose();
        Hold = null;
    }
}
