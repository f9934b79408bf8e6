using OrleansRealtime.Client.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Requests;

/// <summary>The publishes of one channel, of which one is on the way, so that a retry cannot change their order.</summary>
internal sealed class PublishLane
{
    public LinkedList<PendingRequest> Waiting { get; } = [];

    /// <summary>Runs while the first waits to be tried again.</summary>
    public Alarm? Hold { get; set; }

    public static int BytesOf(PendingRequest request) => ((PublishCommand)request.Command).Payload.Length;
}
