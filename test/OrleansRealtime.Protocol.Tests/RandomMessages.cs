using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace OrleansRealtime.Protocol.Tests;

/// <summary>Random messages within the limits of the protocol.</summary>
internal static class RandomMessages
{
    private const string ChannelCharacters = "abcXYZ019_-.:/@";
    private const string TextCharacters = "aZ09 \"\\/\n\t\u0001\u007fäß€漢<>&'+\u2028";

    public static Gen<ClientCommand> Command { get; } = Gen.OneOf(
        from id in Id
        from token in Optional(Text(1, 40))
        from version in Gen.Choose(1, 3)
        from features in Gen.Choose(0, 3).SelectMany(count => Gen.ListOf(Text(1, 64), count))
        from session in Optional(Text(1, 64))
        select (ClientCommand)new AuthCommand(
            id, token, version, [.. features], session is null ? null : new SessionId(session)),
        from id in Id from token in Text(1, 200) select (ClientCommand)new RefreshCommand(id, token),
        from id in Id
        from channel in Channel
        from position in OptionalPosition
        from last in Gen.Choose(0, 1000)
        from presence in Flag
        from conflate in Gen.Choose(10, 60_000)
        from isConflated in Flag
        select (ClientCommand)new SubscribeCommand(
            id, channel, position, last, presence, isConflated ? TimeSpan.FromMilliseconds(conflate) : null),
        from id in Id from channel in Channel select (ClientCommand)new UnsubscribeCommand(id, channel),
        from id in Id
        from channel in Channel
        from data in Data
        from mid in Optional(Text(1, 64))
        from key in Optional(Text(1, 128))
        select (ClientCommand)new PublishCommand(id, channel, data, mid, key),
        from id in Id
        from channel in Channel
        from data in Data
        from key in Optional(Text(1, 128))
        select (ClientCommand)new SignalCommand(id, channel, data, key),
        from id in Id
        from channel in Channel
        from position in OptionalPosition
        from limit in Gen.Choose(1, 1000)
        from reverse in Flag
        select (ClientCommand)new HistoryCommand(id, channel, position, limit, reverse),
        from id in Id from channel in Channel select (ClientCommand)new PresenceCommand(id, channel),
        from id in Id from method in Text(1, 128) from data in Data select (ClientCommand)new CallCommand(id, method, data),
        from id in Id select (ClientCommand)new PingCommand(id));

    public static Gen<ServerFrame> Frame { get; } = Gen.OneOf(
        from id in Id
        from user in User
        from session in Text(1, 64)
        from node in Text(1, 64)
        from resumed in Flag
        from expires in Optional(Time.Select(static time => (object)time))
        from time in Time
        from count in Gen.Choose(0, int.MaxValue)
        select (ServerFrame)new AuthAckFrame(
            id, 1, user, new SessionId(session), resumed, new EdgeId(node), TimeSpan.FromMilliseconds(count),
            (DateTimeOffset?)expires, new ConnectionLimits(count, count / 2), time),
        from id in Id
        from channel in Channel
        from hasChannel in Flag
        from payload in Optional(Ack)
        select (ServerFrame)new AckFrame(id, hasChannel ? channel : null, payload),
        from channel in Channel from publication in Published select (ServerFrame)new PublicationFrame(channel, publication),
        from channel in Channel
        from user in User
        from key in Optional(Text(1, 128))
        from data in Data
        select (ServerFrame)new SignalFrame(channel, Sender.OfUser(user), key, data),
        from channel in Channel from member in Someone select (ServerFrame)new JoinFrame(channel, member),
        from channel in Channel from member in Someone select (ServerFrame)new LeaveFrame(channel, member),
        from channel in Channel
        from first in Number
        from last in Number
        from reason in Gen.Elements("slow", "conflated", "lost")
        select (ServerFrame)new GapFrame(channel, first, last, reason),
        from channel in Channel from position in At select (ServerFrame)new ResetFrame(channel, position),
        from channel in Channel from error in Error select (ServerFrame)new UnsubscribedFrame(channel, error),
        from expires in Time select (ServerFrame)new ExpiringFrame(expires),
        from after in Gen.Choose(0, int.MaxValue)
        from reason in Text(0, 40)
        select (ServerFrame)new ReconnectFrame(TimeSpan.FromMilliseconds(after), reason),
        from id in Id
        from channel in Channel
        from hasChannel in Flag
        from error in Error
        select (ServerFrame)new ErrorFrame(id, hasChannel ? channel : null, error),
        from id in Id from time in Time select (ServerFrame)new PongFrame(id, time));

    private static Gen<bool> Flag => Gen.Elements(true, false);

    private static Gen<long> Number => Gen.OneOf(
        Gen.Choose(0, 1000).Select(static number => (long)number),
        Gen.Choose(0, int.MaxValue).Select(static number => CommandLimits.MaxNumber - number));

    private static Gen<DateTimeOffset> Time => Gen.Choose(0, int.MaxValue)
        .Select(static number => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000L + number));

    // Protobuf carries ids as text, so a number is tried in the JSON tests only.
    private static Gen<CommandId> Id => Optional(Text(1, 64)).Select(static text => text is null ? default : new CommandId(text));

    private static Gen<Position> At =>
        from epoch in Text(1, 64) from sequence in Number select new Position(new Epoch(epoch), sequence);

    private static Gen<Position?> OptionalPosition =>
        from position in At from isGiven in Flag select isGiven ? position : (Position?)null;

    private static Gen<ChannelName> Channel =>
        from rest in Characters(ChannelCharacters, 0, 199)
        select ChannelName.Parse("c" + rest);

    private static Gen<UserId> User => Characters(ChannelCharacters + "|+=", 1, 128).Select(UserId.Parse);

    private static Gen<Payload> Data => Gen.OneOf(
        Gen.Sized(static size => Json(Math.Min(size, 4))).Select(static json => Payload.Json(json)),
        from bytes in Gen.Choose(0, 300).SelectMany(count => Gen.ListOf(Gen.Choose(0, 255), count))
        select Payload.Binary(bytes.Select(static value => (byte)value).ToArray()));

    private static Gen<Publication> Published =>
        from sequence in Number
        from time in Time
        from user in User
        from mid in Optional(Text(1, 64))
        from key in Optional(Text(1, 128))
        from data in Data
        select new Publication(sequence, time, Sender.OfUser(user), mid, key, data);

    private static Gen<Member> Someone =>
        from user in User
        from data in Data
        from hasInfo in Flag
        select new Member(user, hasInfo && data.Length > 0 ? data : default);

    private static Gen<RealtimeError> Error =>
        from code in Gen.Elements(RealtimeErrorCodes.All.ToArray())
        from detail in Text(0, 80)
        from after in Gen.Choose(0, 100_000)
        from hasAfter in Flag
        select new RealtimeError(code, detail, hasAfter ? TimeSpan.FromMilliseconds(after) : null);

    private static Gen<AckPayload> Ack => Gen.OneOf(
        from time in Optional(Time.Select(static time => (object)time))
        select (AckPayload)new RefreshedAck((DateTimeOffset?)time),
        from position in At
        from recovered in Flag
        from missed in Number
        from snapshot in Flag
        from count in Gen.Choose(0, 5000)
        from durability in Gen.Elements(Enum.GetValues<Durability>())
        from slow in Gen.Elements(Enum.GetValues<SlowReaderPolicy>())
        select (AckPayload)new SubscribedAck(
            position, recovered, missed, snapshot,
            new ChannelGuarantee(durability, count, missed, TimeSpan.FromMilliseconds(count), snapshot, slow)),
        from position in At
        from duplicate in Flag
        from data in Data
        from hasData in Flag
        select (AckPayload)new PublishedAck(position, duplicate, hasData ? data : null),
        from publications in Gen.Choose(0, 3).SelectMany(count => Gen.ListOf(Published, count))
        from position in At
        from more in Flag
        select (AckPayload)new HistoryAck([.. publications], position, more),
        from members in Gen.Choose(0, 3).SelectMany(count => Gen.ListOf(Someone, count))
        from count in Gen.Choose(0, 5000)
        from truncated in Flag
        select (AckPayload)new PresenceAck([.. members], count, truncated),
        Data.Select(static data => (AckPayload)new CallAck(data)));

    private static Gen<T?> Optional<T>(Gen<T> values)
        where T : class =>
        from value in values from isGiven in Flag select isGiven ? value : null;

    private static Gen<string> Text(int least, int most) =>
        from text in Characters(TextCharacters, least, most)
        from hasPair in Flag
        select hasPair && text.Length + 2 <= most ? text + "😀" : text;

    private static Gen<string> Characters(string alphabet, int least, int most) =>
        from length in Gen.OneOf(Gen.Choose(least, Math.Min(most, least + 8)), Gen.Choose(least, most))
        from characters in Gen.ListOf(Gen.Elements(alphabet.ToCharArray()), length)
        select string.Concat(characters);

    private static Gen<string> Json(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Elements("null", "true", "false", "0", "-0.0", "1e5", "1.50", "\"\\ud83d\\ude00\"", "{ }", "[\n]"),
            Gen.Choose(int.MinValue, int.MaxValue).Select(static number => number.ToString(CultureInfo.InvariantCulture)),
            Text(0, 30).Select(static text => $"\"{JsonEncodedText.Encode(text)}\""));
        return depth == 0
            ? leaf
            : Gen.OneOf(
                leaf,
                Gen.Choose(0, 3).SelectMany(count => Gen.ListOf(Json(depth - 1), count))
                    .Select(static items => $"[ {string.Join(" ,", items)}]"),
                Gen.Choose(0, 3).SelectMany(count => Gen.ListOf(Json(depth - 1), count))
                    .Select(static items => $"{{{string.Join(", ", items.Select(static item => $"\"k\" :{item}"))}}}"));
    }
}
