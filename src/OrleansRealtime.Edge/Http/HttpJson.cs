using System.Text.Json.Serialization;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Http;

/// <summary>How bodies and answers of the HTTP API become JSON.</summary>
[JsonSourceGenerationOptions(
    MaxDepth = CommandLimits.MaxDataDepth + 1,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PublishBody))]
[JsonSerializable(typeof(BroadcastBody))]
[JsonSerializable(typeof(SignalBody))]
[JsonSerializable(typeof(CallBody))]
[JsonSerializable(typeof(GrantBody))]
[JsonSerializable(typeof(DisconnectBody))]
[JsonSerializable(typeof(KickBody))]
[JsonSerializable(typeof(BanBody))]
[JsonSerializable(typeof(UnbanBody))]
[JsonSerializable(typeof(RevokeTokensBody))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(PublishAnswer))]
[JsonSerializable(typeof(BroadcastAnswer))]
[JsonSerializable(typeof(CallAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(PresenceAnswer))]
[JsonSerializable(typeof(GrantAnswer))]
[JsonSerializable(typeof(DisconnectAnswer))]
[JsonSerializable(typeof(TicketAnswer))]
[JsonSerializable(typeof(ChannelAnswer))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class HttpJson : JsonSerializerContext;
