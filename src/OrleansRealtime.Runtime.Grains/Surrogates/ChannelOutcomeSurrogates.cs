using System.Collections.Immutable;
using Orleans.Serialization.Cloning;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Runtime.Grains.Surrogates;

// What a channel answers, between silos.
[GenerateSerializer, Immutable, Alias("realtime.attach-outcome")]
internal record struct AttachOutcomeSurrogate(
    RealtimeError? Refusal, Position Position, ImmutableArray<Publication> Recent, ChannelGrants Grants);

[RegisterConverter]
internal sealed class AttachOutcomeConverter : IConverter<AttachOutcome, AttachOutcomeSurrogate>
{
    public AttachOutcome ConvertFromSurrogate(in AttachOutcomeSurrogate surrogate) =>
        new(surrogate.Refusal, surrogate.Position, surrogate.Recent, surrogate.Grants);

    public AttachOutcomeSurrogate ConvertToSurrogate(in AttachOutcome value) =>
        new(value.Refusal, value.Position, value.Recent, value.Grants);
}

[RegisterCopier]
internal sealed class AttachOutcomeCopier : ShallowCopier<AttachOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.renew-outcome")]
internal record struct RenewOutcomeSurrogate(string Channel, bool IsAttached, Position Position, ChannelGrants? Grants);

[RegisterConverter]
internal sealed class RenewOutcomeConverter : IConverter<RenewOutcome, RenewOutcomeSurrogate>
{
    public RenewOutcome ConvertFromSurrogate(in RenewOutcomeSurrogate surrogate) =>
        new(ChannelNameConverter.Read(surrogate.Channel), surrogate.IsAttached, surrogate.Position, surrogate.Grants);

    public RenewOutcomeSurrogate ConvertToSurrogate(in RenewOutcome value) =>
        new(value.Channel.Value, value.IsAttached, value.Position, value.Grants);
}

[RegisterCopier]
internal sealed class RenewOutcomeCopier : ShallowCopier<RenewOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.publish-outcome")]
internal record struct PublishOutcomeSurrogate(
    RealtimeError? Refusal, bool IsUndecided, Position Position, bool IsDuplicate, Payload? Answer);

[RegisterConverter]
internal sealed class PublishOutcomeConverter : IConverter<PublishOutcome, PublishOutcomeSurrogate>
{
    public PublishOutcome ConvertFromSurrogate(in PublishOutcomeSurrogate surrogate) =>
        new(surrogate.Refusal, surrogate.IsUndecided, surrogate.Position, surrogate.IsDuplicate, surrogate.Answer);

    public PublishOutcomeSurrogate ConvertToSurrogate(in PublishOutcome value) =>
        new(value.Refusal, value.IsUndecided, value.Position, value.IsDuplicate, value.Answer);
}

[RegisterCopier]
internal sealed class PublishOutcomeCopier : ShallowCopier<PublishOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.signal-outcome")]
internal record struct SignalOutcomeSurrogate(RealtimeError? Refusal, bool IsUndecided);

[RegisterConverter]
internal sealed class SignalOutcomeConverter : IConverter<SignalOutcome, SignalOutcomeSurrogate>
{
    public SignalOutcome ConvertFromSurrogate(in SignalOutcomeSurrogate surrogate) =>
        new(surrogate.Refusal, surrogate.IsUndecided);

    public SignalOutcomeSurrogate ConvertToSurrogate(in SignalOutcome value) => new(value.Refusal, value.IsUndecided);
}

[RegisterCopier]
internal sealed class SignalOutcomeCopier : ShallowCopier<SignalOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.read-outcome")]
internal record struct ReadOutcomeSurrogate(
    RealtimeError? Refusal,
    bool IsUndecided,
    ImmutableArray<Publication> Publications,
    Position Position,
    bool More,
    bool IsLost,
    bool IsFromLog);

[RegisterConverter]
internal sealed class ReadOutcomeConverter : IConverter<ReadOutcome, ReadOutcomeSurrogate>
{
    public ReadOutcome ConvertFromSurrogate(in ReadOutcomeSurrogate surrogate) => new(
        surrogate.Refusal, surrogate.IsUndecided, surrogate.Publications, surrogate.Position, surrogate.More, surrogate.IsLost)
    {
        IsFromLog = surrogate.IsFromLog,
    };

    public ReadOutcomeSurrogate ConvertToSurrogate(in ReadOutcome value) =>
        new(
            value.Refusal,
            value.IsUndecided,
            value.Publications,
            value.Position,
            value.More,
            value.IsLost,
            value.IsFromLog);
}

[RegisterCopier]
internal sealed class ReadOutcomeCopier : ShallowCopier<ReadOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.snapshot-outcome")]
internal record struct SnapshotOutcomeSurrogate(
    RealtimeError? Refusal,
    ImmutableArray<Publication> Publications,
    Position Position,
    ImmutableArray<Publication> Removed,
    long RemovalsKnownAfter);

[RegisterConverter]
internal sealed class SnapshotOutcomeConverter : IConverter<SnapshotOutcome, SnapshotOutcomeSurrogate>
{
    public SnapshotOutcome ConvertFromSurrogate(in SnapshotOutcomeSurrogate surrogate) =>
        new(surrogate.Refusal, surrogate.Publications, surrogate.Position)
        {
            // A silo of an earlier version does not say what was removed.
            Removed = surrogate.Removed.IsDefault ? [] : surrogate.Removed,
            RemovalsKnownAfter = surrogate.Removed.IsDefault ? surrogate.Position.Sequence : surrogate.RemovalsKnownAfter,
        };

    public SnapshotOutcomeSurrogate ConvertToSurrogate(in SnapshotOutcome value) =>
        new(value.Refusal, value.Publications, value.Position, value.Removed, value.RemovalsKnownAfter);
}

[RegisterCopier]
internal sealed class SnapshotOutcomeCopier : ShallowCopier<SnapshotOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.presence-outcome")]
internal record struct PresenceOutcomeSurrogate(
    RealtimeError? Refusal, bool IsUndecided, ImmutableArray<Member> Members, int Count, bool IsTruncated);

[RegisterConverter]
internal sealed class PresenceOutcomeConverter : IConverter<PresenceOutcome, PresenceOutcomeSurrogate>
{
    public PresenceOutcome ConvertFromSurrogate(in PresenceOutcomeSurrogate surrogate) =>
        new(surrogate.Refusal, surrogate.IsUndecided, surrogate.Members, surrogate.Count, surrogate.IsTruncated);

    public PresenceOutcomeSurrogate ConvertToSurrogate(in PresenceOutcome value) =>
        new(value.Refusal, value.IsUndecided, value.Members, value.Count, value.IsTruncated);
}

[RegisterCopier]
internal sealed class PresenceOutcomeCopier : ShallowCopier<PresenceOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.grant-outcome")]
internal record struct GrantOutcomeSurrogate(RealtimeError? Refusal, long Version);

[RegisterConverter]
internal sealed class GrantOutcomeConverter : IConverter<GrantOutcome, GrantOutcomeSurrogate>
{
    public GrantOutcome ConvertFromSurrogate(in GrantOutcomeSurrogate surrogate) => new(surrogate.Refusal, surrogate.Version);

    public GrantOutcomeSurrogate ConvertToSurrogate(in GrantOutcome value) => new(value.Refusal, value.Version);
}

[RegisterCopier]
internal sealed class GrantOutcomeCopier : ShallowCopier<GrantOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.channel-description")]
internal record struct ChannelDescriptionSurrogate(
    string Channel,
    Position Position,
    long Oldest,
    long BufferedBytes,
    int Members,
    ImmutableArray<EdgeId> Edges,
    ChannelGrants Grants,
    ChannelGuarantee Guarantee);

[RegisterConverter]
internal sealed class ChannelDescriptionConverter : IConverter<ChannelDescription, ChannelDescriptionSurrogate>
{
    public ChannelDescription ConvertFromSurrogate(in ChannelDescriptionSurrogate surrogate) => new(
        ChannelNameConverter.Read(surrogate.Channel),
        surrogate.Position,
        surrogate.Oldest,
        surrogate.BufferedBytes,
        surrogate.Members,
        surrogate.Edges,
        surrogate.Grants,
        surrogate.Guarantee);

    public ChannelDescriptionSurrogate ConvertToSurrogate(in ChannelDescription value) => new(
        value.Channel.Value,
        value.Position,
        value.Oldest,
        value.BufferedBytes,
        value.Members,
        value.Edges,
        value.Grants,
        value.Guarantee);
}

[RegisterCopier]
internal sealed class ChannelDescriptionCopier : ShallowCopier<ChannelDescription>;
