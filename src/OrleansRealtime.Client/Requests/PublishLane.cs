using OrleansRealtime.Client.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Requests;

/// <summary>The publishes of one channel, of which one is on the way, so that a retry cannot change their order.</summary>
internal sealed class PublishLane
{
    public LinkedList<PendingRequest> Waiting { get; } = [];

    /// <summary>Runs while the first waits to be tried again.</summary>
    public Alarm? Hold { get; set; }

    /// <summary>Runs while the first is on its way.</summary>
    public Alarm? Answer { get; set; }

    /// <summary>When the first was sent, on the clock of the options.</summary>
    public long SentAt { get; set; }

    public void EndAlarms()
    {
        Hold?.Dispose();
        Answer?.Dispose();
        Hold = Answer = null;
    }

    public static int BytesOf(PendingRequest request) => ((PublishCommand)request.Command).Payload.Length;
}
