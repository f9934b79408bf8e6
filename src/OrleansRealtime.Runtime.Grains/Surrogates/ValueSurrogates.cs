using System.Collections.Immutable;
using Orleans.Serialization.Cloning;
using OrleansRealtime.Core.Access;

namespace OrleansRealtime.Runtime.Grains.Surrogates;

// What the values that commands and messages are made of are between silos.
[GenerateSerializer, Immutable, Alias("realtime.position")]
internal record struct PositionSurrogate(string? Epoch, long Sequence);

[RegisterConverter]
internal sealed class PositionConverter : IConverter<Position, PositionSurrogate>
{
    public Position ConvertFromSurrogate(in PositionSurrogate surrogate) => new(new Epoch(surrogate.Epoch!), surrogate.Sequence);

    public PositionSurrogate ConvertToSurrogate(in Position value) => new(value.Epoch.Value, value.Sequence);
}

[RegisterCopier]
internal sealed class PositionCopier : ShallowCopier<Position>;

[GenerateSerializer, Immutable, Alias("realtime.payload")]
internal record struct PayloadSurrogate(ReadOnlyMemory<byte> Bytes, byte Kind);

[RegisterConverter]
internal sealed class PayloadConverter : IConverter<Payload, PayloadSurrogate>
{
    public Payload ConvertFromSurrogate(in PayloadSurrogate surrogate) => new(surrogate.Bytes, (PayloadKind)surrogate.Kind);

    public PayloadSurrogate ConvertToSurrogate(in Payload value) => new(value.Bytes, (byte)value.Kind);
}

[RegisterCopier]
internal sealed class PayloadCopier : ShallowCopier<Payload>;

[GenerateSerializer, Immutable, Alias("realtime.member")]
internal record struct MemberSurrogate(string User, ReadOnlyMemory<byte> Bytes, byte Kind);

[RegisterConverter]
internal sealed class MemberConverter : IConverter<Member, MemberSurrogate>
{
    public Member ConvertFromSurrogate(in MemberSurrogate surrogate) =>
        new(UserIdConverter.Read(surrogate.User), new Payload(surrogate.Bytes, (PayloadKind)surrogate.Kind));

    public MemberSurrogate ConvertToSurrogate(in Member value) =>
        new(value.User.Value, value.Info.Bytes, (byte)value.Info.Kind);
}

[RegisterCopier]
internal sealed class MemberCopier : ShallowCopier<Member>;

[GenerateSerializer, Immutable, Alias("realtime.publication")]
internal record struct PublicationSurrogate(
    long Sequence, DateTimeOffset Time, string From, string? MessageId, string? Key, ReadOnlyMemory<byte> Bytes, byte Kind);

[RegisterConverter]
internal sealed class PublicationConverter : IConverter<Publication, PublicationSurrogate>
{
    public Publication ConvertFromSurrogate(in PublicationSurrogate surrogate) => new(
        surrogate.Sequence,
        surrogate.Time,
        Sender.FromValue(surrogate.From),
        surrogate.MessageId,
        surrogate.Key,
        new Payload(surrogate.Bytes, (PayloadKind)surrogate.Kind));

    public PublicationSurrogate ConvertToSurrogate(in Publication value) => new(
        value.Sequence, value.Time, value.From.Value, value.MessageId, value.Key, value.Payload.Bytes, (byte)value.Payload.Kind);
}

[RegisterCopier]
internal sealed class PublicationCopier : ShallowCopier<Publication>;

[GenerateSerializer, Immutable, Alias("realtime.error")]
internal record struct RealtimeErrorSurrogate(int Code, string Detail, TimeSpan? RetryAfter);

[RegisterConverter]
internal sealed class RealtimeErrorConverter : IConverter<RealtimeError, RealtimeErrorSurrogate>
{
    public RealtimeError ConvertFromSurrogate(in RealtimeErrorSurrogate surrogate) =>
        new((RealtimeErrorCode)surrogate.Code, surrogate.Detail, surrogate.RetryAfter);

    public RealtimeErrorSurrogate ConvertToSurrogate(in RealtimeError value) =>
        new((int)value.Code, value.Detail, value.RetryAfter);
}

[RegisterCopier]
internal sealed class RealtimeErrorCopier : ShallowCopier<RealtimeError>;

[GenerateSerializer, Immutable, Alias("realtime.close-reason")]
internal record struct CloseReasonSurrogate(int Code, string Reason);

[RegisterConverter]
internal sealed class CloseReasonConverter : IConverter<CloseReason, CloseReasonSurrogate>
{
    public CloseReason ConvertFromSurrogate(in CloseReasonSurrogate surrogate) => new(surrogate.Code, surrogate.Reason);

    public CloseReasonSurrogate ConvertToSurrogate(in CloseReason value) => new(value.Code, value.Reason);
}

[RegisterCopier]
internal sealed class CloseReasonCopier : ShallowCopier<CloseReason>;

[GenerateSerializer, Immutable, Alias("realtime.guarantee")]
internal record struct ChannelGuaranteeSurrogate(
    int Durability, int ReplayCount, long ReplayBytes, TimeSpan ReplayAge, bool Compact, int SlowReader);

[RegisterConverter]
internal sealed class ChannelGuaranteeConverter : IConverter<ChannelGuarantee, ChannelGuaranteeSurrogate>
{
    public ChannelGuarantee ConvertFromSurrogate(in ChannelGuaranteeSurrogate surrogate) => new(
        (Durability)surrogate.Durability,
        surrogate.ReplayCount,
        surrogate.ReplayBytes,
        surrogate.ReplayAge,
        surrogate.Compact,
        (SlowReaderPolicy)surrogate.SlowReader);

    public ChannelGuaranteeSurrogate ConvertToSurrogate(in ChannelGuarantee value) => new(
        (int)value.Durability, value.ReplayCount, value.ReplayBytes, value.ReplayAge, value.Compact, (int)value.SlowReader);
}

[RegisterCopier]
internal sealed class ChannelGuaranteeCopier : ShallowCopier<ChannelGuarantee>;

[GenerateSerializer, Immutable, Alias("realtime.caller")]
internal record struct CallerSurrogate(string Sender, bool IsAnonymous, bool IsTrusted, int Capabilities, int Authorized);

[RegisterConverter]
internal sealed class CallerConverter : IConverter<Caller, CallerSurrogate>
{
    public Caller ConvertFromSurrogate(in CallerSurrogate surrogate) => new(
        Sender.FromValue(surrogate.Sender),
        surrogate.IsAnonymous,
        surrogate.IsTrusted,
        (ChannelRights)surrogate.Capabilities,
        (ChannelRights)surrogate.Authorized);

    public CallerSurrogate ConvertToSurrogate(in Caller value) => new(
        value.Sender.Value, value.IsAnonymous, value.IsTrusted, (int)value.Capabilities, (int)value.Authorized);
}

[RegisterCopier]
internal sealed class CallerCopier : ShallowCopier<Caller>;

[GenerateSerializer, Immutable, Alias("realtime.grant")]
internal record struct GrantSurrogate(string User, int Allowed, int Denied);

[GenerateSerializer, Immutable, Alias("realtime.grants")]
internal record struct ChannelGrantsSurrogate(long Version, ImmutableArray<GrantSurrogate> Entries);

[RegisterConverter]
internal sealed class ChannelGrantsConverter : IConverter<ChannelGrants, ChannelGrantsSurrogate>
{
    public ChannelGrants ConvertFromSurrogate(in ChannelGrantsSurrogate surrogate) => new(
        surrogate.Version,
        surrogate.Entries.ToImmutableDictionary(
            static grant => UserIdConverter.Read(grant.User),
            static grant => new GrantEntry((ChannelRights)grant.Allowed, (ChannelRights)grant.Denied)));

    public ChannelGrantsSurrogate ConvertToSurrogate(in ChannelGrants value) => new(
        value.Version,
        [.. value.Entries.Select(static entry =>
            new GrantSurrogate(entry.Key.Value, (int)entry.Value.Allowed, (int)entry.Value.Denied))]);
}

[RegisterCopier]
internal sealed class ChannelGrantsCopier : ShallowCopier<ChannelGrants>;
