using System.Collections.Immutable;
using Orleans.Serialization.Cloning;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Runtime.Grains.Surrogates;

// What actors send to edges, between silos. The kinds are told apart by the aliases that RealtimeSerialization gives them.
[GenerateSerializer, Immutable, Alias("realtime.publications-content")]
internal record struct PublicationBatchSurrogate(
    string Channel, string? Epoch, ImmutableArray<Publication> Publications, DateTimeOffset TakenAt);

[RegisterConverter]
internal sealed class PublicationBatchConverter : IConverter<PublicationBatch, PublicationBatchSurrogate>
{
    public PublicationBatch ConvertFromSurrogate(in PublicationBatchSurrogate surrogate) => new(
        ChannelNameConverter.Read(surrogate.Channel), new Epoch(surrogate.Epoch!), surrogate.Publications)
    {
        TakenAt = surrogate.TakenAt,
    };

    public PublicationBatchSurrogate ConvertToSurrogate(in PublicationBatch value) =>
        new(value.Channel.Value, value.Epoch.Value, value.Publications, value.TakenAt);
}

[RegisterCopier]
internal sealed class PublicationBatchCopier : ShallowCopier<PublicationBatch>;

[GenerateSerializer, Immutable, Alias("realtime.signal-content")]
internal record struct SignalMessageSurrogate(
    string Channel, string From, string? OriginEdge, long? Origin, string? Key, ReadOnlyMemory<byte> Bytes, byte Kind);

[RegisterConverter]
internal sealed class SignalMessageConverter : IConverter<SignalMessage, SignalMessageSurrogate>
{
    public SignalMessage ConvertFromSurrogate(in SignalMessageSurrogate surrogate) => new(
        ChannelNameConverter.Read(surrogate.Channel),
        Sender.FromValue(surrogate.From),
        surrogate.OriginEdge is { } edge ? new EdgeId(edge) : null,
        surrogate.Origin is { } connection ? new ConnectionId(connection) : null,
        surrogate.Key,
        new Payload(surrogate.Bytes, (PayloadKind)surrogate.Kind));

    public SignalMessageSurrogate ConvertToSurrogate(in SignalMessage value) => new(
        value.Channel.Value,
        value.From.Value,
        value.OriginEdge?.Value,
        value.Origin?.Value,
        value.Key,
        value.Payload.Bytes,
        (byte)value.Payload.Kind);
}

[RegisterCopier]
internal sealed class SignalMessageCopier : ShallowCopier<SignalMessage>;

[GenerateSerializer, Immutable, Alias("realtime.presence-content")]
internal record struct PresenceMessageSurrogate(string Channel, ImmutableArray<Member> Joined, ImmutableArray<Member> Left);

[RegisterConverter]
internal sealed class PresenceMessageConverter : IConverter<PresenceMessage, PresenceMessageSurrogate>
{
    public PresenceMessage ConvertFromSurrogate(in PresenceMessageSurrogate surrogate) =>
        new(ChannelNameConverter.Read(surrogate.Channel), surrogate.Joined, surrogate.Left);

    public PresenceMessageSurrogate ConvertToSurrogate(in PresenceMessage value) =>
        new(value.Channel.Value, value.Joined, value.Left);
}

[RegisterCopier]
internal sealed class PresenceMessageCopier : ShallowCopier<PresenceMessage>;

[GenerateSerializer, Immutable, Alias("realtime.grants-content")]
internal record struct GrantsMessageSurrogate(string Channel, ChannelGrants Grants);

[RegisterConverter]
internal sealed class GrantsMessageConverter : IConverter<GrantsMessage, GrantsMessageSurrogate>
{
    public GrantsMessage ConvertFromSurrogate(in GrantsMessageSurrogate surrogate) =>
        new(ChannelNameConverter.Read(surrogate.Channel), surrogate.Grants);

    public GrantsMessageSurrogate ConvertToSurrogate(in GrantsMessage value) => new(value.Channel.Value, value.Grants);
}

[RegisterCopier]
internal sealed class GrantsMessageCopier : ShallowCopier<GrantsMessage>;

[GenerateSerializer, Immutable, Alias("realtime.detached-content")]
internal record struct DetachedMessageSurrogate(string Channel);

[RegisterConverter]
internal sealed class DetachedMessageConverter : IConverter<DetachedMessage, DetachedMessageSurrogate>
{
    public DetachedMessage ConvertFromSurrogate(in DetachedMessageSurrogate surrogate) =>
        new(ChannelNameConverter.Read(surrogate.Channel));

    public DetachedMessageSurrogate ConvertToSurrogate(in DetachedMessage value) => new(value.Channel.Value);
}

[RegisterCopier]
internal sealed class DetachedMessageCopier : ShallowCopier<DetachedMessage>;

[GenerateSerializer, Immutable, Alias("realtime.close-connections-content")]
internal record struct CloseConnectionsMessageSurrogate(
    string User, ImmutableArray<ConnectionId> Connections, CloseReason Reason);

[RegisterConverter]
internal sealed class CloseConnectionsMessageConverter : IConverter<CloseConnectionsMessage, CloseConnectionsMessageSurrogate>
{
    public CloseConnectionsMessage ConvertFromSurrogate(in CloseConnectionsMessageSurrogate surrogate) =>
        new(UserIdConverter.Read(surrogate.User), surrogate.Connections, surrogate.Reason);

    public CloseConnectionsMessageSurrogate ConvertToSurrogate(in CloseConnectionsMessage value) =>
        new(value.User.Value, value.Connections, value.Reason);
}

[RegisterCopier]
internal sealed class CloseConnectionsMessageCopier : ShallowCopier<CloseConnectionsMessage>;
