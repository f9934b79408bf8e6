using System.Collections.Concurrent;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Edge.Tests.Http;

/// <summary>Users who remember what was done to them.</summary>
internal sealed class FakeUsers : IUsers
{
    /// <summary>What was done, with the user.</summary>
    public ConcurrentQueue<(UserId User, object Act)> Acts { get; } = new();

    /// <summary>Why a user's tokens are refused.</summary>
    public ConcurrentDictionary<UserId, RealtimeError> Refused { get; } = new();

    /// <summary>Thrown by whatever is done, or null.</summary>
    public Exception? Fault { get; set; }

    public IUser Get(UserId user) => new User(this, user);

    private sealed class User(FakeUsers owner, UserId id) : IUser
    {
        public ValueTask<RealtimeError?> CheckTokenAsync(DateTimeOffset issuedAt, CancellationToken cancellationToken) =>
            ValueTask.FromResult(owner.Refused.GetValueOrDefault(id));

        public ValueTask BanAsync(Ban ban, CancellationToken cancellationToken) => Act(ban);

        public ValueTask UnbanAsync(CancellationToken cancellationToken) => Act("unban");

        public ValueTask RevokeTokensAsync(DateTimeOffset issuedBefore, CancellationToken cancellationToken) =>
            Act(issuedBefore);

        public async ValueTask<int> DisconnectAsync(
            SessionId? session, CloseReason reason, CancellationToken cancellationToken)
        {
            await Act((session, reason));
            return 2;
        }

        public ValueTask SetStatusAsync(UserStatusText status, CancellationToken cancellationToken) => Act(status);

        public ValueTask<UserDescription> DescribeAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new UserDescription(
                id, true, "busy", DateTimeOffset.UnixEpoch,
                [new SessionDescription(new SessionId("s1"), new EdgeId("edge-1"), new ConnectionId(4))],
                new Ban(DateTimeOffset.UnixEpoch.AddSeconds(5), "spam", "$backend"), null));

        public ValueTask<OpenSessionOutcome> OpenSessionAsync(
            OpenSessionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask RenewSessionsAsync(SessionsRenewal renewal, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask EndConnectionAsync(EdgeId edge, ConnectionId connection, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        private ValueTask Act(object act)
        {
            if (owner.Fault is { } fault)
            {
                throw fault;
            }

            owner.Acts.Enqueue((id, act));
            return ValueTask.CompletedTask;
        }
    }
}
