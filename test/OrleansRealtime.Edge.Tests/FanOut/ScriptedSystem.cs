using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Channels, users and tokens as a test scripts them.</summary>
internal sealed class ScriptedSystem : IChannels, IUsers, IUser, IEdgeDirectory, ITokenValidator, IDisposable
{
    private readonly ConcurrentDictionary<ChannelName, ScriptedChannel> _channels = new();
    private int _sessions;

    public IEdgeInbox? Inbox { get; private set; }

    public CloseReason? SessionRefusal { get; set; }

    public RealtimeError? TokenCheck { get; set; }

    public ConcurrentQueue<OpenSessionRequest> Opened { get; } = new();

    public ConcurrentQueue<ConnectionId> Ended { get; } = new();

    public ConcurrentQueue<SessionsRenewal> Renewed { get; } = new();

    /// <summary>What becomes of a renewal; by default it succeeds at once.</summary>
    public Func<SessionsRenewal, ValueTask> OnRenewal { get; set; } = static _ => ValueTask.CompletedTask;

    /// <summary>Identities by token; others are refused.</summary>
    public ConcurrentDictionary<string, Identity> Tokens { get; } = new();

    public ScriptedChannel Channel(ChannelName name) =>
        _channels.GetOrAdd(name, created => new ScriptedChannel(created) { Inbox = Inbox });

    public IChannel Get(ChannelName channel) => Channel(channel);

    public async ValueTask<ImmutableArray<RenewOutcome>> RenewAsync(
        ImmutableArray<Renewal> renewals, CancellationToken cancellationToken)
    {
        var outcomes = ImmutableArray.CreateBuilder<RenewOutcome>();
        foreach (var renewal in renewals)
        {
            outcomes.Add(await Channel(renewal.Channel).RenewAsync(renewal, cancellationToken));
        }

        return outcomes.ToImmutable();
    }

    public IUser Get(UserId user) => this;

    public IDisposable Register(EdgeId edge, IEdgeInbox inbox)
    {
        Inbox = inbox;
        return this;
    }

    public ValueTask<TokenOutcome> ValidateAsync(string token, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Tokens.TryGetValue(token, out var identity)
            ? new TokenOutcome(null, identity)
            : new TokenOutcome(new RealtimeError(RealtimeErrorCode.Unauthenticated, "no such token"), null));

    public ValueTask<OpenSessionOutcome> OpenSessionAsync(OpenSessionRequest request, CancellationToken cancellationToken)
    {
        Opened.Enqueue(request);
        var session = request.Resume ?? new SessionId($"s{Interlocked.Increment(ref _sessions)}");
        return ValueTask.FromResult(new OpenSessionOutcome(SessionRefusal, session, request.Resume is not null));
    }

    public ValueTask RenewSessionsAsync(SessionsRenewal renewal, CancellationToken cancellationToken)
    {
        Renewed.Enqueue(renewal);
        return OnRenewal(renewal);
    }

    public ValueTask EndConnectionAsync(EdgeId edge, ConnectionId connection, CancellationToken cancellationToken)
    {
        Ended.Enqueue(connection);
        return ValueTask.CompletedTask;
    }

    public ValueTask<RealtimeError?> CheckTokenAsync(DateTimeOffset issuedAt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(TokenCheck);

    public ValueTask BanAsync(Ban ban, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask UnbanAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RevokeTokensAsync(DateTimeOffset issuedBefore, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<int> DisconnectAsync(SessionId? session, CloseReason reason, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask SetStatusAsync(UserStatusText status, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<UserDescription> DescribeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
