using System.ComponentModel;
using System.Text.Json.Serialization;

namespace OrleansRealtime.Edge.Http;

/// <summary>Answer to <c>publish</c>.</summary>
internal sealed record PublishAnswer(
    [property: Description("The number of the publication.")] long Seq,
    [property: Description("The numbering that it belongs to.")] string Epoch,
    [property: Description("Whether this message id had been published before.")] bool Duplicate,
    [property: JsonConverter(typeof(PayloadConverter)), Description("What the application answered, if it did.")] Payload? Data,
    [property: Description("base64 when data is binary and stands here as text.")] string? Encoding);

/// <summary>Answer to <c>broadcast</c>: what became of it in each channel, in the order of the request.</summary>
internal sealed record BroadcastAnswer(IReadOnlyList<BroadcastResult> Results);

/// <summary>What became of a broadcast in one channel.</summary>
internal sealed record BroadcastResult(
    string Channel, long? Seq, string? Epoch, bool? Duplicate,
    [property: Description("Why it was not published there.")] BroadcastError? Error);

/// <summary>Why a broadcast was refused in one channel.</summary>
internal sealed record BroadcastError(string Code, string Message, bool Retryable, long? RetryAfter);

/// <summary>Answer to <c>call</c>.</summary>
internal sealed record CallAnswer(
    [property: JsonConverter(typeof(PayloadConverter))] Payload? Data,
    [property: Description("base64 when data is binary and stands here as text.")] string? Encoding);

/// <summary>Answer to <c>history</c>.</summary>
internal sealed record HistoryAnswer(IReadOnlyList<PublicationAnswer> Publications, string Epoch, long Seq, bool More);

/// <summary>One publication of a history.</summary>
internal sealed record PublicationAnswer(
    long Seq,
    [property: Description("When it was numbered, in Unix milliseconds.")] long Ts,
    string From,
    string? Mid,
    string? Key,
    [property: Description("base64 when the payload is binary and stands here as text.")] string? Encoding,
    [property: JsonConverter(typeof(PayloadConverter))] Payload? Payload)
{
    /// <summary>The answer that shows <paramref name="publication"/>.</summary>
    public static PublicationAnswer Of(Publication publication) => new(
        publication.Sequence,
        publication.Time.ToUnixTimeMilliseconds(),
        publication.From.Value,
        publication.MessageId,
        publication.Key,
        PayloadConverter.EncodingOf(publication.Payload),
        publication.Payload);
}

/// <summary>Answer to <c>presence</c>.</summary>
internal sealed record PresenceAnswer(IReadOnlyList<MemberAnswer> Members, int Count, bool Truncated);

/// <summary>One member.</summary>
internal sealed record MemberAnswer(string User, [property: JsonConverter(typeof(PayloadConverter))] Payload? Info)
{
    /// <summary>The answer that shows <paramref name="member"/>.</summary>
    public static MemberAnswer Of(Member member) => new(member.User.Value, member.Info.Length == 0 ? null : member.Info);
}

/// <summary>Answer to <c>grant</c> and <c>revoke</c>.</summary>
internal sealed record GrantAnswer([property: Description("Of the channel's grants, after the change.")] long Version);

/// <summary>Answer to <c>disconnect</c> and <c>kick</c>.</summary>
internal sealed record DisconnectAnswer([property: Description("How many connections were closed.")] int Closed);

/// <summary>Answer to <c>ticket</c>.</summary>
internal sealed record TicketAnswer(
    [property: Description("To be put into the address as ?ticket=, once.")] string Ticket,
    [property: Description("For how many milliseconds it is good.")] long ExpiresInMs);

/// <summary>Answer to <c>channel</c>.</summary>
internal sealed record ChannelAnswer(
    string Channel, string Epoch, long Seq, long Oldest, long BufferedBytes, int Members,
    IReadOnlyList<string> Edges, IReadOnlyList<GrantEntryAnswer> Grants, long GrantsVersion, GuaranteeAnswer Guarantee);

/// <summary>What a channel's grants say of one user.</summary>
internal sealed record GrantEntryAnswer(string User, IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied);

/// <summary>What a channel promises.</summary>
internal sealed record GuaranteeAnswer(
    string Durability, int Count, long Bytes, long AgeMs, bool Compact, string SlowReader);

/// <summary>Answer to <c>user</c>.</summary>
internal sealed record UserAnswer(
    string User, bool Online, string Status, long? LastSeen, IReadOnlyList<SessionAnswer> Sessions, BanAnswer? Ban,
    long? TokensRevokedBefore);

/// <summary>One session of a user.</summary>
internal sealed record SessionAnswer(string Session, string Node, bool Connected);

/// <summary>A ban in force.</summary>
internal sealed record BanAnswer(long? Until, string Reason, string By);
