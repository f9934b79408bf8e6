using System.ComponentModel;
using System.Text.Json;

namespace OrleansRealtime.Edge.Http;

/// <summary>Body of <c>publish</c>.</summary>
internal sealed record PublishBody(
    [property: Description("The channel.")] string? Channel,
    [property: Description("What to publish: any JSON value, delivered byte for byte.")] JsonElement Data,
    [property: Description("Idempotency id, at most 64 characters; the header Idempotency-Key is the same.")] string? Mid,
    [property: Description("What this is the latest value of, at most 128 characters.")] string? Key,
    [property: Description("base64 when data is a text of base64 that stands for those bytes.")] string? Encoding);

/// <summary>Body of <c>broadcast</c>.</summary>
internal sealed record BroadcastBody(
    [property: Description("The channels: 1 to 500.")] IReadOnlyList<string>? Channels,
    [property: Description("What to publish in each.")] JsonElement Data,
    [property: Description("Idempotency id, the same in each channel.")] string? Mid,
    [property: Description("What this is the latest value of.")] string? Key,
    [property: Description("base64 when data is a text of base64 that stands for those bytes.")] string? Encoding)
{
    /// <summary>How many channels one request names at most: 500.</summary>
    public const int MaxChannels = 500;
}

/// <summary>Body of <c>signal</c>.</summary>
internal sealed record SignalBody(
    [property: Description("The channel.")] string? Channel,
    [property: Description("What to tell its subscribers of now.")] JsonElement Data,
    [property: Description("Under pressure only the newest signal of a key is kept.")] string? Key,
    [property: Description("base64 when data is a text of base64 that stands for those bytes.")] string? Encoding);

/// <summary>Body of <c>call</c>.</summary>
internal sealed record CallBody(
    [property: Description("1 to 128 characters.")] string? Method,
    [property: Description("The argument.")] JsonElement Data,
    [property: Description("base64 when data is a text of base64 that stands for those bytes.")] string? Encoding);

/// <summary>Body of <c>grant</c> and <c>revoke</c>.</summary>
internal sealed record GrantBody(
    [property: Description("The channel.")] string? Channel,
    [property: Description("Whose rights.")] string? User,
    [property: Description("subscribe, publish, signal, history, presence, manage, or * for all.")] IReadOnlyList<string>? Rights);

/// <summary>Body of <c>disconnect</c>.</summary>
internal sealed record DisconnectBody(
    [property: Description("Whose connections.")] string? User,
    [property: Description("Only those of this session.")] string? Session);

/// <summary>Body of <c>kick</c>.</summary>
internal sealed record KickBody(
    [property: Description("Whom.")] string? User,
    [property: Description("What the user is told, at most 100 characters.")] string? Reason);

/// <summary>Body of <c>ban</c>.</summary>
internal sealed record BanBody(
    [property: Description("Whom.")] string? User,
    [property: Description("Until when, in Unix milliseconds; without it for good.")] long? Until,
    [property: Description("For the user and for operators, at most 100 characters.")] string? Reason);

/// <summary>Body of <c>unban</c>.</summary>
internal sealed record UnbanBody([property: Description("Whom.")] string? User);

/// <summary>Body of <c>revoke-tokens</c>.</summary>
internal sealed record RevokeTokensBody(
    [property: Description("Whose tokens.")] string? User,
    [property: Description("Those issued before this time in Unix milliseconds; without it all up to now.")] long? Before);

/// <summary>Body of <c>status</c>.</summary>
internal sealed record StatusBody(
    [property: Description("What others see, at most 100 characters; empty for none.")] string? Status,
    [property: Description("Whose, when a server says it; a user says it of himself.")] string? User);
