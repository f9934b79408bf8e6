using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>What was put into the queue in one piece, as Orleans' pulling agent hands it on. It never changes.</summary>
/// <remarks>It can be serialised because the agent may believe for a moment that the edge is in another silo.</remarks>
[GenerateSerializer, Immutable, Alias("realtime.inbox-batch")]
internal sealed class InboxBatch(StreamId streamId, InboxMessages messages, EventSequenceTokenV2 token) : IBatchContainer
{
    [Id(0)]
    public StreamId StreamId { get; } = streamId;

    [Id(1)]
    public InboxMessages Messages { get; } = messages;

    [Id(2)]
    public EventSequenceTokenV2 Token { get; } = token;

    public StreamSequenceToken SequenceToken => Token;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => [Tuple.Create((T)(object)Messages, SequenceToken)];

    public bool ImportRequestContext() => false;
}
