using System.Collections.Immutable;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>What is on an inbox stream: messages for one edge, in order.</summary>
/// <remarks>One item holds many, because a stream spends more on an item than an edge does on a message.</remarks>
[GenerateSerializer, Immutable, Alias("realtime.inbox-messages")]
internal sealed record InboxMessages([property: Id(0)] ImmutableArray<EdgeMessage> Messages);
