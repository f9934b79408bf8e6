namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>The streams that carry messages to edges: one for each edge, its inbox.</summary>
internal static class InboxStreams
{
    /// <summary>The namespace of all inboxes; the key of a stream is the edge's id.</summary>
    public const string Namespace = "realtime.inbox";

    /// <summary>The inbox of an edge.</summary>
    public static StreamId Of(EdgeId edge) => StreamId.Create(Namespace, edge.Value);

    /// <summary>The edge whose inbox this is.</summary>
    public static EdgeId EdgeOf(StreamId stream) => new(stream.GetKeyAsString());
}
