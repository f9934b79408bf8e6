using System.Collections.Immutable;
using Orleans.Serialization.Cloning;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Runtime.Grains.Surrogates;

// What is asked of a channel, between silos.
[GenerateSerializer, Immutable, Alias("realtime.attach")]
internal record struct AttachRequestSurrogate(string Edge, int Recent, ImmutableArray<Member> Members);

[RegisterConverter]
internal sealed class AttachRequestConverter : IConverter<AttachRequest, AttachRequestSurrogate>
{
    public AttachRequest ConvertFromSurrogate(in AttachRequestSurrogate surrogate) =>
        new(new EdgeId(surrogate.Edge), surrogate.Recent, surrogate.Members);

    public AttachRequestSurrogate ConvertToSurrogate(in AttachRequest value) =>
        new(value.Edge.Value, value.Recent, value.Members);
}

[RegisterCopier]
internal sealed class AttachRequestCopier : ShallowCopier<AttachRequest>;

[GenerateSerializer, Immutable, Alias("realtime.renewal")]
internal record struct RenewalSurrogate(string Edge, string Channel, string? Epoch, long Sequence, long GrantsVersion);

[RegisterConverter]
internal sealed class RenewalConverter : IConverter<Renewal, RenewalSurrogate>
{
    public Renewal ConvertFromSurrogate(in RenewalSurrogate surrogate) => new(
        new EdgeId(surrogate.Edge),
        ChannelNameConverter.Read(surrogate.Channel),
        new Position(new Epoch(surrogate.Epoch!), surrogate.Sequence),
        surrogate.GrantsVersion);

    public RenewalSurrogate ConvertToSurrogate(in Renewal value) => new(
        value.Edge.Value, value.Channel.Value, value.Position.Epoch.Value, value.Position.Sequence, value.GrantsVersion);
}

[RegisterCopier]
internal sealed class RenewalCopier : ShallowCopier<Renewal>;

[GenerateSerializer, Immutable, Alias("realtime.publish")]
internal record struct PublishRequestSurrogate(
    Caller Caller, ReadOnlyMemory<byte> Bytes, byte Kind, string? MessageId, string? Key);

[RegisterConverter]
internal sealed class PublishRequestConverter : IConverter<PublishRequest, PublishRequestSurrogate>
{
    public PublishRequest ConvertFromSurrogate(in PublishRequestSurrogate surrogate) => new(
        surrogate.Caller, new Payload(surrogate.Bytes, (PayloadKind)surrogate.Kind), surrogate.MessageId, surrogate.Key);

    public PublishRequestSurrogate ConvertToSurrogate(in PublishRequest value) =>
        new(value.Caller, value.Payload.Bytes, (byte)value.Payload.Kind, value.MessageId, value.Key);
}

[RegisterCopier]
internal sealed class PublishRequestCopier : ShallowCopier<PublishRequest>;

[GenerateSerializer, Immutable, Alias("realtime.signal")]
internal record struct SignalRequestSurrogate(
    Caller Caller, ReadOnlyMemory<byte> Bytes, byte Kind, string? Key, string? OriginEdge, long? Origin);

[RegisterConverter]
internal sealed class SignalRequestConverter : IConverter<SignalRequest, SignalRequestSurrogate>
{
    public SignalRequest ConvertFromSurrogate(in SignalRequestSurrogate surrogate) => new(
        surrogate.Caller,
        new Payload(surrogate.Bytes, (PayloadKind)surrogate.Kind),
        surrogate.Key,
        surrogate.OriginEdge is { } edge ? new EdgeId(edge) : null,
        surrogate.Origin is { } connection ? new ConnectionId(connection) : null);

    public SignalRequestSurrogate ConvertToSurrogate(in SignalRequest value) => new(
        value.Caller,
        value.Payload.Bytes,
        (byte)value.Payload.Kind,
        value.Key,
        value.OriginEdge?.Value,
        value.Origin?.Value);
}

[RegisterCopier]
internal sealed class SignalRequestCopier : ShallowCopier<SignalRequest>;

[GenerateSerializer, Immutable, Alias("realtime.read")]
internal record struct ReadRequestSurrogate(Caller Caller, Position? From, int Limit, bool Reverse);

[RegisterConverter]
internal sealed class ReadRequestConverter : IConverter<ReadRequest, ReadRequestSurrogate>
{
    public ReadRequest ConvertFromSurrogate(in ReadRequestSurrogate surrogate) =>
        new(surrogate.Caller, surrogate.From, surrogate.Limit, surrogate.Reverse);

    public ReadRequestSurrogate ConvertToSurrogate(in ReadRequest value) =>
        new(value.Caller, value.From, value.Limit, value.Reverse);
}

[RegisterCopier]
internal sealed class ReadRequestCopier : ShallowCopier<ReadRequest>;

[GenerateSerializer, Immutable, Alias("realtime.members")]
internal record struct MembersUpdateSurrogate(string Edge, ImmutableArray<Member> Joined, ImmutableArray<UserId> Left);

[RegisterConverter]
internal sealed class MembersUpdateConverter : IConverter<MembersUpdate, MembersUpdateSurrogate>
{
    public MembersUpdate ConvertFromSurrogate(in MembersUpdateSurrogate surrogate) =>
        new(new EdgeId(surrogate.Edge), surrogate.Joined, surrogate.Left);

    public MembersUpdateSurrogate ConvertToSurrogate(in MembersUpdate value) =>
        new(value.Edge.Value, value.Joined, value.Left);
}

[RegisterCopier]
internal sealed class MembersUpdateCopier : ShallowCopier<MembersUpdate>;

[GenerateSerializer, Immutable, Alias("realtime.grant-change")]
internal record struct GrantChangeSurrogate(Caller Caller, string User, int Rights, bool Revoke);

[RegisterConverter]
internal sealed class GrantChangeConverter : IConverter<GrantChange, GrantChangeSurrogate>
{
    public GrantChange ConvertFromSurrogate(in GrantChangeSurrogate surrogate) => new(
        surrogate.Caller, UserIdConverter.Read(surrogate.User), (ChannelRights)surrogate.Rights, surrogate.Revoke);

    public GrantChangeSurrogate ConvertToSurrogate(in GrantChange value) =>
        new(value.Caller, value.User.Value, (int)value.Rights, value.Revoke);
}

[RegisterCopier]
internal sealed class GrantChangeCopier : ShallowCopier<GrantChange>;
