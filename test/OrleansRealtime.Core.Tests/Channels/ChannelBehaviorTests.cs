using System.Collections.Immutable;
using System.Text;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Core.Tests.Channels;

public sealed class ChannelBehaviorTests
{
    [Fact]
    public void Publish_BehaviorReplacesAndAnswers_BothArrive()
    {
        var rig = Rig(Durability.Memory, out _).Attach();

        var outcome = rig.Publish(json: "\"replace\"");

        Assert.Equal("\"seen 1\"", Text(outcome.Answer!.Value));
        Assert.Equal("\"replaced\"", Text(Assert.Single(rig.Read().Publications).Payload));
    }

    [Fact]
    public void Publish_BehaviorRejectsOrThrows_TakesNoNumberAndTheChannelGoesOn()
    {
        var rig = Rig(Durability.Memory, out _);

        Assert.Equal(RealtimeErrorCode.Forbidden, rig.Publish("a", json: "\"reject\"").Refusal!.Code);
        Assert.Equal(RealtimeErrorCode.Internal, rig.Publish("a", json: "\"throw\"").Refusal!.Code);

        Assert.Equal((1, false), (rig.Publish("a").Position.Sequence, rig.Publish("b").IsDuplicate));
        Assert.IsType<FormatException>(Assert.Single(rig.Reported));
    }

    [Fact]
    public void Publish_DuplicateOrForbidden_DoesNotReachTheBehavior()
    {
        var rig = Rig(Durability.Memory, out var behavior);
        rig.Publish("a");
        rig.Publish("a");
        rig.Policy = rig.Policy! with { Publishers = Core.Policies.PublisherPolicy.Server };
        rig.Publish("b");

        Assert.Equal([1], behavior.Seen);
    }

    [Fact]
    public void Publish_StoreKnowsAMessageIdOfTheBatch_AbortsAndProposesTheOthersAgain()
    {
        var rig = Rig(Durability.Durable, out _);
        rig.Policy = rig.Policy! with { Replay = rig.Policy.Replay with { Count = 1 } };
        rig.Publish("old");
        rig.Publish("newer");
        var next = new HostRig(after: rig);
        var behavior = new Recording();
        next.Behavior = behavior;
        next.Activate();
        var gate = new TaskCompletionSource<LogFault>();
        next.Decide = _ => gate.Task;
        next.StartPublish();
        next.StartPublish("old");
        next.StartPublish("y");
        gate.SetResult(LogFault.None);
        next.Turns.RunUntilIdle();

        Assert.Equal([3, 4, 5, -4, 4], behavior.Seen);
    }

    [Fact]
    public void Publish_AppendFails_AbortsOnce()
    {
        var rig = Rig(Durability.Durable, out var behavior);
        rig.Decide = _ => Task.FromResult(LogFault.Before);

        rig.Publish();

        Assert.Equal([1, -1], behavior.Seen);
    }

    [Fact]
    public void Activate_DurableChannel_TellsTheLatestOfEachKeyAndTheNewestOnce()
    {
        var rig = Rig(Durability.Durable, out _);
        rig.Policy = rig.Policy! with { Compact = true, Replay = rig.Policy.Replay with { Count = 2 } };
        rig.Activate();
        rig.Publish(key: "board");
        rig.Publish(key: "other");
        rig.Publish(key: "other");
        rig.Publish();

        var behavior = Restored(rig);

        Assert.Equal([1, 3, 4], behavior.Remembered);
        Assert.Empty(behavior.Seen);
    }

    [Fact]
    public void Activate_NothingRemembered_IsNotTold()
    {
        Assert.Null(Restored(Rig(Durability.Durable, out _)).Remembered);

        var inMemory = Rig(Durability.Memory, out _);
        inMemory.Publish();
        Assert.Null(Restored(inMemory).Remembered);
    }

    [Fact]
    public void Activate_BehaviorThrows_DoesNotBecomeActive()
    {
        var rig = Rig(Durability.Durable, out _);
        rig.Publish(json: "\"throw\"");
        rig.Publish(json: "\"fine\"");
        var next = new HostRig(after: rig) { Behavior = new Recording { ThrowsWhenRestored = true } };

        Assert.Throws<ActorUnavailableException>(() => next.Activate());

        Assert.IsType<FormatException>(Assert.Single(next.Reported));
    }

    private static Recording Restored(HostRig rig)
    {
        var behavior = new Recording();
        new HostRig(after: rig) { Behavior = behavior }.Activate();
        return behavior;
    }

    private static HostRig Rig(Durability durability, out Recording behavior)
    {
        behavior = new Recording();
        return new HostRig(durability) { Behavior = behavior }.Activate();
    }

    private static string Text(Payload payload) => Encoding.UTF8.GetString(payload.Bytes.Span);

    /// <summary>Notes the sequences proposed to it, and aborted ones as negative.</summary>
    private sealed class Recording : IChannelBehavior
    {
        public List<long> Seen { get; } = [];

        public IEnumerable<long>? Remembered { get; private set; }

        public bool ThrowsWhenRestored { get; init; }

        public void OnRestored(ImmutableArray<Publication> remembered)
        {
            if (ThrowsWhenRestored)
            {
                throw new FormatException("A bug of the application.");
            }

            Remembered = remembered.Select(static publication => publication.Sequence);
        }

        public PublicationVerdict OnPublishing(in ProposedPublication proposed)
        {
            Seen.Add(proposed.Sequence);
            return Text(proposed.Payload) switch
            {
                "\"reject\"" => PublicationVerdict.Reject("no"),
                "\"throw\"" => throw new FormatException("A bug of the application."),
                "\"replace\"" => PublicationVerdict.Replace(
                    Payload.Json("\"replaced\""), Payload.Json($"\"seen {proposed.Sequence}\"")),
                _ => PublicationVerdict.Accept,
            };
        }

        public void OnAborted(long firstSequence) => Seen.Add(-firstSequence);
    }
}
