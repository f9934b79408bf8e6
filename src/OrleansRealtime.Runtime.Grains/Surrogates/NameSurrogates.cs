using Orleans.Serialization.Cloning;

namespace OrleansRealtime.Runtime.Grains.Surrogates;

// What the names are between silos. A name was checked where it came in, so one that is none any more is a default value.
[GenerateSerializer, Immutable, Alias("realtime.channel-name")]
internal record struct ChannelNameSurrogate(string Value);

[RegisterConverter]
internal sealed class ChannelNameConverter : IConverter<ChannelName, ChannelNameSurrogate>
{
    public ChannelName ConvertFromSurrogate(in ChannelNameSurrogate surrogate) => Read(surrogate.Value);

    public ChannelNameSurrogate ConvertToSurrogate(in ChannelName value) => new(value.Value);

    public static ChannelName Read(string value) => ChannelName.TryParse(value, out var name) ? name : default;
}

[RegisterCopier]
internal sealed class ChannelNameCopier : ShallowCopier<ChannelName>;

[GenerateSerializer, Immutable, Alias("realtime.user-id")]
internal record struct UserIdSurrogate(string Value);

[RegisterConverter]
internal sealed class UserIdConverter : IConverter<UserId, UserIdSurrogate>
{
    public UserId ConvertFromSurrogate(in UserIdSurrogate surrogate) => Read(surrogate.Value);

    public UserIdSurrogate ConvertToSurrogate(in UserId value) => new(value.Value);

    public static UserId Read(string value) => UserId.TryParse(value, out var user) ? user : default;
}

[RegisterCopier]
internal sealed class UserIdCopier : ShallowCopier<UserId>;

[GenerateSerializer, Immutable, Alias("realtime.edge-id")]
internal record struct EdgeIdSurrogate(string Value);

[RegisterConverter]
internal sealed class EdgeIdConverter : IConverter<EdgeId, EdgeIdSurrogate>
{
    public EdgeId ConvertFromSurrogate(in EdgeIdSurrogate surrogate) => new(surrogate.Value);

    public EdgeIdSurrogate ConvertToSurrogate(in EdgeId value) => new(value.Value);
}

[RegisterCopier]
internal sealed class EdgeIdCopier : ShallowCopier<EdgeId>;

[GenerateSerializer, Immutable, Alias("realtime.connection-id")]
internal record struct ConnectionIdSurrogate(long Value);

[RegisterConverter]
internal sealed class ConnectionIdConverter : IConverter<ConnectionId, ConnectionIdSurrogate>
{
    public ConnectionId ConvertFromSurrogate(in ConnectionIdSurrogate surrogate) => new(surrogate.Value);

    public ConnectionIdSurrogate ConvertToSurrogate(in ConnectionId value) => new(value.Value);
}

[RegisterCopier]
internal sealed class ConnectionIdCopier : ShallowCopier<ConnectionId>;

[GenerateSerializer, Immutable, Alias("realtime.session-id")]
internal record struct SessionIdSurrogate(string Value);

[RegisterConverter]
internal sealed class SessionIdConverter : IConverter<SessionId, SessionIdSurrogate>
{
    public SessionId ConvertFromSurrogate(in SessionIdSurrogate surrogate) => new(surrogate.Value);

    public SessionIdSurrogate ConvertToSurrogate(in SessionId value) => new(value.Value);
}

[RegisterCopier]
internal sealed class SessionIdCopier : ShallowCopier<SessionId>;
