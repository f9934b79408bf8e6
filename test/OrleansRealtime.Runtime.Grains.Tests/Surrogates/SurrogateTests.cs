using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Runtime.Grains.Tests.Surrogates;

public sealed class SurrogateTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 1, 1, 12, 0, 0, 5, TimeSpan.Zero);
    private static readonly ChannelName Channel = ChannelName.Parse("chat:room-1");
    private static readonly UserId Ann = UserId.Parse("auth0|ann=");
    private static readonly Payload Json = Payload.Json("""{"a":1}""");

    private static readonly Publication Publication =
        new(7, Time, Sender.OfServer("backend"), "m1", "key", Payload.Binary(new byte[] { 0, 1, 255 }));

    private static readonly ChannelGrants Grants =
        ChannelGrants.None.Grant(Ann, ChannelRights.Publish).Revoke(Ann, ChannelRights.Signal);

    private readonly ServiceProvider _services;

    public SurrogateTests()
    {
        var services = new ServiceCollection();
        services.AddRealtimeSerialization();
        _services = services.BuildServiceProvider();
    }

    public static TheoryData<object> Records =>
    [
        new Renewal(new EdgeId("e"), Channel, default, 4),
        new PublishRequest(Caller.OfUser(Ann, ChannelRights.Publish), Json, "m", null),
        new SignalRequest(Caller.Trusted("x"), Json, "k", new EdgeId("e"), new ConnectionId(9)),
        new SignalRequest(Caller.Trusted("x"), Json),
        new ReadRequest(Caller.Trusted("x"), new Position(new Epoch("e1"), 5), 10, true),
        new ReadRequest(Caller.Trusted("x"), null, 10, false),
        new GrantChange(Caller.Trusted("x"), Ann, ChannelRights.All, true),
        new RenewOutcome(Channel, true, new Position(new Epoch("e1"), 5), null),
        new PublishOutcome(new RealtimeError(RealtimeErrorCode.RateLimited, "slow", TimeSpan.FromSeconds(1)), true, default, false, null),
        PublishOutcome.Accepted(new Position(new Epoch("e1"), 5), Json),
        SignalOutcome.Accepted,
        new GrantOutcome(null, 3),
        new OpenSessionRequest(new EdgeId("e"), new ConnectionId(1), new SessionId("s"), Time, 2),
        new OpenSessionOutcome(CloseReason.Banned, default, false),
        new HeldConnection(new ConnectionId(1), new SessionId("s"), Time),
        new Ban(Time, "spam", "op"),
        new UserStatusText("busy"),
        new SessionDescription(new SessionId("s"), new EdgeId("e"), null),
        new ChannelGuarantee(Durability.Durable, 1, 2, TimeSpan.FromHours(1), true, SlowReaderPolicy.Drop),
        Publication,
        new SignalMessage(Channel, Sender.OfUser(Ann), null, null, null, Json),
        new DetachedMessage(Channel),
    ];

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(Records))]
    public void Record_ThatCrossesSilos_IsTheSame_AndLocallyIsNotCopied(object record)
    {
        Assert.Equal(record, RoundTrip(record));
        Assert.Same(record, _services.GetRequiredService<DeepCopier>().Copy(record));
    }

    [Fact]
    public void Record_WithAList_KeepsItsItems()
    {
        var attach = new AttachRequest(new EdgeId("e"), 3, [new Member(Ann, Json)]);
        var read = new ReadOutcome(null, false, [Publication], new Position(new Epoch("e1"), 7), true, false) { IsFromLog = true };

        Assert.Equal(attach.Members.AsEnumerable(), RoundTrip(attach).Members);
        Assert.Equal(read.Publications.AsEnumerable(), RoundTrip(read).Publications);
        Assert.True(RoundTrip(read).IsFromLog);
        Assert.Same(read, _services.GetRequiredService<DeepCopier>().Copy(read));
    }

    [Fact]
    public void Batch_OfMessagesOfEveryKind_KeepsKindsAndContents()
    {
        ImmutableArray<EdgeMessage> batch =
        [
            new PublicationBatch(Channel, new Epoch("e1"), [Publication]) { TakenAt = DateTimeOffset.UnixEpoch },
            new PresenceMessage(Channel, [new Member(Ann, Json)], []),
            new GrantsMessage(Channel, Grants),
            new CloseConnectionsMessage(Ann, [new ConnectionId(3)], CloseReason.Kicked),
        ];

        var read = RoundTrip(batch);

        var publications = Assert.IsType<PublicationBatch>(read[0]);
        Assert.Equal(Publication, Assert.Single(publications.Publications));
        Assert.Equal(DateTimeOffset.UnixEpoch, publications.TakenAt);
        Assert.Equal(Ann, Assert.Single(Assert.IsType<PresenceMessage>(read[1]).Joined).User);
        var grants = Assert.IsType<GrantsMessage>(read[2]).Grants;
        Assert.Equal((2, Grants.Entries[Ann]), (grants.Version, grants.Entries[Ann]));
        Assert.Equal(new ConnectionId(3), Assert.Single(Assert.IsType<CloseConnectionsMessage>(read[3]).Connections));
    }

    [Fact]
    public void Failure_CrossesSilosWithoutItsCause()
    {
        Exception failure = new ActorUnavailableException("gone", new SurrogateTestsException());

        var read = Assert.IsType<ActorUnavailableException>(RoundTrip(failure));

        Assert.Equal("gone", read.Message);
        Assert.Null(read.InnerException);
    }

    [Fact]
    public void Surrogates_HaveAliasesOfTheirOwn()
    {
        var surrogates = typeof(RealtimeSilo).Assembly.GetTypes()
            .Where(static type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null).ToList();

        var aliases = surrogates.Select(static type => type.GetCustomAttribute<AliasAttribute>()?.Alias).ToList();

        Assert.NotEmpty(aliases);
        Assert.DoesNotContain(null, aliases);
        Assert.Equal(aliases.Count, aliases.Distinct().Count());
    }

    private T RoundTrip<T>(T value)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(value))!;
    }

    /// <summary>Of a type that no serialiser knows.</summary>
    private sealed class SurrogateTestsException : Exception;
}
