using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Edge.Tests.Http;

/// <summary>Channels of which a test says what they answer, and which remember what they were asked.</summary>
internal sealed class FakeChannels : IChannels, IChannelPolicies
{
    public static Position Position { get; } = new(new Epoch("e1"), 7);

    /// <summary>What was asked, with the channel.</summary>
    public ConcurrentQueue<(ChannelName Channel, object Request)> Asked { get; } = new();

    /// <summary>Why everything is refused, or null.</summary>
    public RealtimeError? Refusal { get; set; }

    /// <summary>Whether the rules leave what the caller has no word of the application for undecided.</summary>
    public bool IsUndecided { get; set; }

    /// <summary>Thrown by everything, or null.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What histories hold.</summary>
    public ImmutableArray<Publication> Retained { get; set; } = [];

    public IChannel Get(ChannelName channel) => new Channel(this, channel);

    public ValueTask<ImmutableArray<RenewOutcome>> RenewAsync(
        ImmutableArray<Renewal> renewals, CancellationToken cancellationToken) => throw new NotSupportedException();

    public bool TryFind(ChannelName channel, out ChannelPolicy policy)
    {
        policy = new ChannelPolicy { Namespace = channel.Namespace };
        return channel.Namespace != "unknown";
    }

    private sealed class Channel(FakeChannels owner, ChannelName name) : IChannel
    {
        public ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
            Answer(request, request.Caller,
                () => PublishOutcome.Accepted(Position, Payload.Json("""{ "answer": 1 }""")), PublishOutcome.Refused);

        public ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken) =>
            Answer(request, request.Caller,
                () => SignalOutcome.Accepted, static (error, undecided) => new SignalOutcome(error, undecided));

        public ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken) =>
            Answer(request, request.Caller,
                () => new ReadOutcome(null, false, owner.Retained, Position, More: true, IsLost: false), ReadOutcome.Refused);

        public ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken) =>
            Answer(caller, caller,
                () => new PresenceOutcome(
                    null, false, [new Member(UserId.Parse("alice"), Payload.Json("""{"n":1}"""))], Count: 1, IsTruncated: false),
                PresenceOutcome.Refused);

        public ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken) =>
            Answer(change, change.Caller, () => new GrantOutcome(null, 3), static (error, _) => new GrantOutcome(error, 0));

        public ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new ChannelDescription(
                name, Position, 1, 100, 2, [new EdgeId("edge-1")],
                ChannelGrants.None.Grant(UserId.Parse("bob"), ChannelRights.Publish),
                new ChannelPolicy { Namespace = name.Namespace }.Guarantee));

        public ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        private ValueTask<T> Answer<T>(object request, Caller caller, Func<T> accept, Func<RealtimeError, bool, T> refuse)
        {
            owner.Asked.Enqueue((name, request));
            if (owner.Fault is { } fault)
            {
                throw fault;
            }

            if (owner.Refusal is { } refusal)
            {
                return ValueTask.FromResult(refuse(refusal, false));
            }

            return ValueTask.FromResult(owner.IsUndecided && caller is { IsTrusted: false, Authorized: ChannelRights.None }
                ? refuse(new RealtimeError(RealtimeErrorCode.Forbidden, "undecided"), true)
                : accept());
        }
    }
}
