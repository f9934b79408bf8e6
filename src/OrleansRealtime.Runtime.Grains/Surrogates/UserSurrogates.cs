using System.Collections.Immutable;
using Orleans.Serialization.Cloning;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Runtime.Grains.Surrogates;

// What is asked of a user and what it answers, between silos.
[GenerateSerializer, Immutable, Alias("realtime.open-session")]
internal record struct OpenSessionRequestSurrogate(
    string Edge, long Connection, string? Resume, DateTimeOffset TokenIssuedAt, int MaxConnections);

[RegisterConverter]
internal sealed class OpenSessionRequestConverter : IConverter<OpenSessionRequest, OpenSessionRequestSurrogate>
{
    public OpenSessionRequest ConvertFromSurrogate(in OpenSessionRequestSurrogate surrogate) => new(
        new EdgeId(surrogate.Edge),
        new ConnectionId(surrogate.Connection),
        surrogate.Resume is { } session ? new SessionId(session) : null,
        surrogate.TokenIssuedAt,
        surrogate.MaxConnections);

    public OpenSessionRequestSurrogate ConvertToSurrogate(in OpenSessionRequest value) => new(
        value.Edge.Value, value.Connection.Value, value.Resume?.Value, value.TokenIssuedAt, value.MaxConnections);
}

[RegisterCopier]
internal sealed class OpenSessionRequestCopier : ShallowCopier<OpenSessionRequest>;

[GenerateSerializer, Immutable, Alias("realtime.open-session-outcome")]
internal record struct OpenSessionOutcomeSurrogate(CloseReason? Refusal, string? Session, bool IsResumed);

[RegisterConverter]
internal sealed class OpenSessionOutcomeConverter : IConverter<OpenSessionOutcome, OpenSessionOutcomeSurrogate>
{
    public OpenSessionOutcome ConvertFromSurrogate(in OpenSessionOutcomeSurrogate surrogate) =>
        new(surrogate.Refusal, new SessionId(surrogate.Session!), surrogate.IsResumed);

    public OpenSessionOutcomeSurrogate ConvertToSurrogate(in OpenSessionOutcome value) =>
        new(value.Refusal, value.Session.Value, value.IsResumed);
}

[RegisterCopier]
internal sealed class OpenSessionOutcomeCopier : ShallowCopier<OpenSessionOutcome>;

[GenerateSerializer, Immutable, Alias("realtime.held-connection")]
internal record struct HeldConnectionSurrogate(long Connection, string Session, DateTimeOffset TokenIssuedAt);

[RegisterConverter]
internal sealed class HeldConnectionConverter : IConverter<HeldConnection, HeldConnectionSurrogate>
{
    public HeldConnection ConvertFromSurrogate(in HeldConnectionSurrogate surrogate) =>
        new(new ConnectionId(surrogate.Connection), new SessionId(surrogate.Session), surrogate.TokenIssuedAt);

    public HeldConnectionSurrogate ConvertToSurrogate(in HeldConnection value) =>
        new(value.Connection.Value, value.Session.Value, value.TokenIssuedAt);
}

[RegisterCopier]
internal sealed class HeldConnectionCopier : ShallowCopier<HeldConnection>;

[GenerateSerializer, Immutable, Alias("realtime.sessions-renewal")]
internal record struct SessionsRenewalSurrogate(string Edge, ImmutableArray<HeldConnection> Connections);

[RegisterConverter]
internal sealed class SessionsRenewalConverter : IConverter<SessionsRenewal, SessionsRenewalSurrogate>
{
    public SessionsRenewal ConvertFromSurrogate(in SessionsRenewalSurrogate surrogate) =>
        new(new EdgeId(surrogate.Edge), surrogate.Connections);

    public SessionsRenewalSurrogate ConvertToSurrogate(in SessionsRenewal value) => new(value.Edge.Value, value.Connections);
}

[RegisterCopier]
internal sealed class SessionsRenewalCopier : ShallowCopier<SessionsRenewal>;

[GenerateSerializer, Immutable, Alias("realtime.ban")]
internal record struct BanSurrogate(DateTimeOffset? Until, string Reason, string By);

[RegisterConverter]
internal sealed class BanConverter : IConverter<Ban, BanSurrogate>
{
    public Ban ConvertFromSurrogate(in BanSurrogate surrogate) => new(surrogate.Until, surrogate.Reason, surrogate.By);

    public BanSurrogate ConvertToSurrogate(in Ban value) => new(value.Until, value.Reason, value.By);
}

[RegisterCopier]
internal sealed class BanCopier : ShallowCopier<Ban>;

[GenerateSerializer, Immutable, Alias("realtime.status-text")]
internal record struct UserStatusTextSurrogate(string Text);

[RegisterConverter]
internal sealed class UserStatusTextConverter : IConverter<UserStatusText, UserStatusTextSurrogate>
{
    public UserStatusText ConvertFromSurrogate(in UserStatusTextSurrogate surrogate) => new(surrogate.Text);

    public UserStatusTextSurrogate ConvertToSurrogate(in UserStatusText value) => new(value.Text);
}

[RegisterCopier]
internal sealed class UserStatusTextCopier : ShallowCopier<UserStatusText>;

[GenerateSerializer, Immutable, Alias("realtime.session-description")]
internal record struct SessionDescriptionSurrogate(string Session, string Edge, long? Connection);

[RegisterConverter]
internal sealed class SessionDescriptionConverter : IConverter<SessionDescription, SessionDescriptionSurrogate>
{
    public SessionDescription ConvertFromSurrogate(in SessionDescriptionSurrogate surrogate) => new(
        new SessionId(surrogate.Session),
        new EdgeId(surrogate.Edge),
        surrogate.Connection is { } connection ? new ConnectionId(connection) : null);

    public SessionDescriptionSurrogate ConvertToSurrogate(in SessionDescription value) =>
        new(value.Session.Value, value.Edge.Value, value.Connection?.Value);
}

[RegisterCopier]
internal sealed class SessionDescriptionCopier : ShallowCopier<SessionDescription>;

[GenerateSerializer, Immutable, Alias("realtime.user-description")]
internal record struct UserDescriptionSurrogate(
    string User,
    bool IsOnline,
    string Status,
    DateTimeOffset? LastSeen,
    ImmutableArray<SessionDescription> Sessions,
    Ban? Ban,
    DateTimeOffset? TokensRevokedBefore);

[RegisterConverter]
internal sealed class UserDescriptionConverter : IConverter<UserDescription, UserDescriptionSurrogate>
{
    public UserDescription ConvertFromSurrogate(in UserDescriptionSurrogate surrogate) => new(
        UserIdConverter.Read(surrogate.User),
        surrogate.IsOnline,
        surrogate.Status,
        surrogate.LastSeen,
        surrogate.Sessions,
        surrogate.Ban,
        surrogate.TokensRevokedBefore);

    public UserDescriptionSurrogate ConvertToSurrogate(in UserDescription value) => new(
        value.User.Value,
        value.IsOnline,
        value.Status,
        value.LastSeen,
        value.Sessions,
        value.Ban,
        value.TokensRevokedBefore);
}

[RegisterCopier]
internal sealed class UserDescriptionCopier : ShallowCopier<UserDescription>;
