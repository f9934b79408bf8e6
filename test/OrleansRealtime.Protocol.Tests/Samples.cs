using System.Text;

namespace OrleansRealtime.Protocol.Tests;

/// <summary>At least one message of each kind, with and without its optional fields. Each has a golden file of its name.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_763_690_400_123);
    private static readonly ChannelName Room = ChannelName.Parse("chat:room-42");
    private static readonly ChannelGuarantee Guarantee = new(
        Durability.Durable, 1000, 1_048_576, TimeSpan.FromHours(1), false, SlowReaderPolicy.CatchUp);

    private static readonly Member Alice = new(UserId.Parse("alice"), Payload.Json("""{"name":"Alice Ä."}"""));
    private static readonly Member Bob = new(UserId.Parse("auth0|5f7c"), default);

    private static readonly Publication Greeting = new(
        43, Time, Sender.OfUser(UserId.Parse("alice")), "c0ffee-1", null, Payload.Json("""{"text":"Grüße 👋"}"""));

    private static readonly Publication Price = new(
        44, Time, Sender.OfServer("backend"), null, "EUR/USD", Payload.Json("1.0850"));

    private static readonly Publication Picture = new(
        45, Time, Sender.OfUser(UserId.Parse("bob")), null, null, Payload.Binary(new byte[] { 0, 1, 2, 250, 255 }));

    public static IReadOnlyDictionary<string, ClientCommand> Commands { get; } = new Dictionary<string, ClientCommand>
    {
        ["auth"] = new AuthCommand(
            new CommandId("1"), "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", 1, ["gap"], new SessionId("s-7f3a")),
        ["auth-anonymous"] = new AuthCommand(new CommandId("1"), null, 1, [], null),
        ["refresh"] = new RefreshCommand(new CommandId("2"), "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"),
        ["subscribe"] = new SubscribeCommand(new CommandId("3"), Room, null, 0, false, null),
        ["subscribe-from"] = new SubscribeCommand(
            new CommandId("3"), Room, new Position(new Epoch("4f2a"), 42), 0, true, null),
        ["subscribe-from-start"] = new SubscribeCommand(
            new CommandId("3"), Room, new Position(new Epoch("4f2a"), 0), 0, false, null),
        ["subscribe-last"] = new SubscribeCommand(
            new CommandId("3"), ChannelName.Parse("prices"), null, 10, false, TimeSpan.FromMilliseconds(250)),
        ["unsubscribe"] = new UnsubscribeCommand(new CommandId("4"), Room),
        ["publish"] = new PublishCommand(
            new CommandId("5"), Room, Payload.Json("""{"text":"Grüße 👋"}"""), "c0ffee-1", null),
        ["publish-keyed"] = new PublishCommand(
            new CommandId("5"), ChannelName.Parse("prices"), Payload.Json("1.0850"), null, "EUR/USD"),
        ["publish-tombstone"] = new PublishCommand(
            new CommandId("5"), ChannelName.Parse("prices"), Payload.Json("null"), null, "EUR/USD"),
        ["publish-binary"] = new PublishCommand(
            default, Room, Payload.Binary(new byte[] { 0, 1, 2, 250, 255 }), null, null),
        ["signal"] = new SignalCommand(default, Room, Payload.Json("""{"typing":true}"""), "typing"),
        ["history"] = new HistoryCommand(new CommandId("6"), Room, new Position(new Epoch("4f2a"), 44), 50, true),
        ["history-oldest"] = new HistoryCommand(new CommandId("6"), Room, null, 1000, false),
        ["presence"] = new PresenceCommand(new CommandId("7"), Room),
        ["call"] = new CallCommand(new CommandId("8"), "translate", Payload.Json("""["Hallo","en"]""")),
        ["ping"] = new PingCommand(new CommandId("9")),
        ["ping-bare"] = new PingCommand(default),
    };

    public static IReadOnlyDictionary<string, ServerFrame> Frames { get; } = new Dictionary<string, ServerFrame>
    {
        ["auth_ack"] = new AuthAckFrame(
            new CommandId("1"), 1, UserId.Parse("alice"), new SessionId("s-7f3a"), true, new EdgeId("edge-1"),
            TimeSpan.FromSeconds(25), Time.AddHours(1), new ConnectionLimits(131_072, 200), Time),
        ["auth_ack-anonymous"] = new AuthAckFrame(
            default, 1, UserId.Parse("anon:9c1d"), new SessionId("s-8e21"), false, new EdgeId("edge-1"),
            TimeSpan.FromSeconds(25), null, new ConnectionLimits(131_072, 200), Time),
        ["ack"] = new AckFrame(new CommandId("4"), Room, null),
        ["ack-refresh"] = new AckFrame(new CommandId("2"), null, new RefreshedAck(Time.AddHours(1))),
        ["ack-refresh-endless"] = new AckFrame(new CommandId("2"), null, new RefreshedAck(null)),
        ["ack-subscribe"] = new AckFrame(
            new CommandId("3"), Room, new SubscribedAck(new Position(new Epoch("4f2a"), 45), true, 3, false, Guarantee)),
        ["ack-subscribe-lost"] = new AckFrame(
            new CommandId("3"), Room,
            new SubscribedAck(
                new Position(new Epoch("91c0"), 0), false, 0, true,
                new ChannelGuarantee(Durability.Memory, 10, 4096, TimeSpan.FromMinutes(1), true, SlowReaderPolicy.Latest))),
        ["ack-publish"] = new AckFrame(
            new CommandId("5"), Room, new PublishedAck(new Position(new Epoch("4f2a"), 43), false, null)),
        ["ack-publish-duplicate"] = new AckFrame(
            new CommandId("5"), Room, new PublishedAck(new Position(new Epoch("4f2a"), 43), true, null)),
        ["ack-publish-answer"] = new AckFrame(
            new CommandId("5"), Room,
            new PublishedAck(new Position(new Epoch("4f2a"), 43), false, Payload.Json("""{"score":7}"""))),
        ["ack-history"] = new AckFrame(
            new CommandId("6"), Room,
            new HistoryAck([Greeting, Price, Picture], new Position(new Epoch("4f2a"), 45), true)),
        ["ack-history-empty"] = new AckFrame(
            new CommandId("6"), Room, new HistoryAck([], new Position(new Epoch("4f2a"), 0), false)),
        ["ack-presence"] = new AckFrame(new CommandId("7"), Room, new PresenceAck([Alice, Bob], 2, false)),
        ["ack-presence-count"] = new AckFrame(new CommandId("7"), Room, new PresenceAck([], 1204, true)),
        ["ack-call"] = new AckFrame(new CommandId("8"), null, new CallAck(Payload.Json("\"Hello\""))),
        ["ack-call-binary"] = new AckFrame(
            new CommandId("8"), null, new CallAck(Payload.Binary(Encoding.UTF8.GetBytes("Hello")))),
        ["publication"] = new PublicationFrame(Room, Greeting),
        ["publication-keyed"] = new PublicationFrame(ChannelName.Parse("prices"), Price),
        ["publication-binary"] = new PublicationFrame(Room, Picture),
        ["signal"] = new SignalFrame(
            Room, Sender.OfUser(UserId.Parse("alice")), "typing", Payload.Json("""{"typing":true}""")),
        ["signal-binary"] = new SignalFrame(
            Room, Sender.OfServer("backend"), null, Payload.Binary(ReadOnlyMemory<byte>.Empty)),
        ["join"] = new JoinFrame(Room, Alice),
        ["leave"] = new LeaveFrame(Room, Bob),
        ["gap"] = new GapFrame(Room, 46, 49, "slow"),
        ["reset"] = new ResetFrame(Room, new Position(new Epoch("91c0"), 0)),
        ["unsubscribed"] = new UnsubscribedFrame(
            Room, new RealtimeError(RealtimeErrorCode.Forbidden, "The right to subscribe was revoked.")),
        ["expiring"] = new ExpiringFrame(Time.AddMinutes(1)),
        ["reconnect"] = new ReconnectFrame(TimeSpan.FromMilliseconds(7350), "draining"),
        ["error"] = new ErrorFrame(
            new CommandId("5"), Room,
            new RealtimeError(RealtimeErrorCode.RateLimited, "At most 50 publishes per second.", TimeSpan.FromMilliseconds(20))),
        ["error-bare"] = new ErrorFrame(
            default, null, new RealtimeError(RealtimeErrorCode.BadRequest, "The message is not JSON (RFC 8259).")),
        ["pong"] = new PongFrame(new CommandId("9"), Time),
        ["pong-bare"] = new PongFrame(default, Time),
    };
}
