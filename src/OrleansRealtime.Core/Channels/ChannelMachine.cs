using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <summary>
/// What a channel decides: who may do what, which number a publication gets, what is kept of it. It never waits and has no
/// clock; times passed in must not go backwards.
/// </summary>
/// <remarks>
/// A publication takes three steps. <see cref="Admit"/> checks it when it arrives. <see cref="Stage"/> gives it a provisional
/// number in the batch being built. <see cref="Commit"/> makes the batch part of the channel once it is as durable as the policy
/// says; <see cref="Abort"/> takes it back. Before the commit nothing of a batch can be read.
/// </remarks>
internal sealed partial class ChannelMachine
{
    private readonly ChannelName _channel;
    private readonly Durability _durability;
    private readonly IChannelBehavior? _behavior;
    private readonly ReplayBuffer _buffer;
    private readonly MessageIndex _messages = new();
    private readonly RateLimiter _publishRate = new();
    private RateLimiter? _signalRate;
    private readonly List<Publication> _staged = new(1);
    private CompactIndex? _compact;
    private DateTimeOffset _lastTime;
    private long _oldestLogged;

    /// <summary>Creates the machine of a channel that stands at <paramref name="head"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="head">Where it stands.</param>
    /// <param name="oldestLogged">The oldest sequence in its log; head + 1 when there is no log or nothing in it.</param>
    /// <param name="durability">How durable it is, for as long as this machine lives.</param>
    /// <param name="behavior">The application's code in its turns, or null.</param>
    public ChannelMachine(
        ChannelName channel, Position head, long oldestLogged, Durability durability, IChannelBehavior? behavior)
    {
        if (head.Epoch.IsNone || head.Sequence < 0 || oldestLogged < 1 || oldestLogged > head.Sequence + 1)
        {
            throw new InvalidOperationException($"'{channel}' cannot start at {head} with {oldestLogged} as the oldest.");
        }

        _channel = channel;
        _durability = durability;
        _behavior = behavior;
        _buffer = new ReplayBuffer(head.Sequence);
        _oldestLogged = oldestLogged;
        Epoch = head.Epoch;
    }

    /// <summary>The numbering.</summary>
    public Epoch Epoch { get; }

    /// <summary>Where the channel stands: the last committed publication.</summary>
    public Position Head => new(Epoch, _buffer.Last);

    /// <summary>The channel's grants.</summary>
    public ChannelGrants Grants { get; set; } = ChannelGrants.None;

    /// <summary>The oldest sequence in the replay buffer; one more than the head when it is empty.</summary>
    public long OldestBuffered => _buffer.Oldest;

    /// <summary>The oldest sequence that can be read, as far as is known.</summary>
    public long OldestRetained => _durability == Durability.Durable ? Math.Min(_oldestLogged, _buffer.Oldest) : _buffer.Oldest;

    /// <summary>Payload bytes in the replay buffer.</summary>
    public long BufferedBytes => _buffer.Bytes;

    /// <summary>How many publications are staged.</summary>
    public int StagedCount => _staged.Count;

    /// <summary>Whether <paramref name="caller"/> may do this; null if so, otherwise the refusal.</summary>
    public RealtimeError? CheckAccess(ChannelPolicy policy, in Caller caller, ChannelRights right, out bool isUndecided)
    {
        var decision = AccessRule.Decide(_channel, policy, Grants, caller, right);
        isUndecided = decision == AccessDecision.Undecided;
        return decision == AccessDecision.Allowed ? null : ChannelRefusals.NoRight(_channel, caller, right);
    }

    /// <summary>Checks a request that arrives: rights, limits, committed message ids, rates.</summary>
    /// <returns>Admitted, refused, or duplicate.</returns>
    public PublishDecision Admit(PublishRequest request, ChannelPolicy policy, DateTimeOffset now)
    {
        if (CheckAccess(policy, request.Caller, ChannelRights.Publish, out var isUndecided) is { } noRight)
        {
            return PublishDecision.Refused(noRight, isUndecided);
        }

        if (CheckLimits(policy, request.Payload, request.Key, request.MessageId) is { } beyond)
        {
            return PublishDecision.Refused(beyond);
        }

        // Before the rates, so that a retry does not cost what its first try has paid.
        if (TryFindPublished(request, out var known))
        {
            return known;
        }

        var wait = _publishRate.TryTake(policy.Limits, request.Caller.Sender, request.Caller.IsTrusted, now);
        return wait > TimeSpan.Zero
            ? PublishDecision.Refused(ChannelRefusals.RateLimited(wait))
            : PublishDecision.Admitted;
    }

    /// <summary>Gives an admitted request its provisional number in the batch being built.</summary>
    /// <returns>Staged, refused, duplicate, or duplicate of one staged before.</returns>
    public PublishDecision Stage(PublishRequest request, ChannelPolicy policy, DateTimeOffset now)
    {
        if (TryFindPublished(request, out var known))
        {
            return known;
        }

        if (LacksRoomForKey(request, policy))
        {
            return PublishDecision.Refused(ChannelRefusals.TooManyKeys(CompactIndex.MaxKeys));
        }

        var time = TimeOf(now);
        var position = new Position(Epoch, _buffer.Last + _staged.Count + 1);
        var payload = request.Payload;
        Payload? answer = null;
        if (_behavior is not null)
        {
            if (Consult(request, position.Sequence, time, ref payload, ref answer) is { } refused)
            {
                return refused;
            }
        }

        if (request.MessageId is { } messageId)
        {
            _messages.Propose(request.Caller.Sender, messageId, position);
        }

        _staged.Add(new Publication(
            position.Sequence, time, request.Caller.Sender, request.MessageId, request.Key, payload));
        return new PublishDecision(PublishDecisionKind.Staged, position, Answer: answer);
    }

    /// <summary>The staged batch, to be appended to a log before it is committed.</summary>
    public ImmutableArray<Publication> StagedBatch() => ImmutableCollectionsMarshal.AsImmutableArray(_staged.ToArray());

    /// <summary>Makes the staged batch part of the channel.</summary>
    /// <param name="batch">What <see cref="StagedBatch"/> gave.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidOperationException">The batch does not follow the head: the numbering is broken.</exception>
    public void Commit(ImmutableArray<Publication> batch, ChannelPolicy policy, DateTimeOffset now)
    {
        if (batch.Length != _staged.Count)
        {
            throw new InvalidOperationException($"A batch of {batch.Length} was committed while {_staged.Count} are staged.");
        }

        EnsureCompactAsIn(policy);
        foreach (var publication in batch)
        {
            _buffer.Append(publication);
            _compact?.Apply(publication);
            if (publication.MessageId is { } messageId)
            {
                _messages.Confirm(publication.From, messageId, publication.Time);
            }

            _lastTime = publication.Time;
        }

        _staged.Clear();
        Trim(policy, now);
    }

    /// <summary>Takes the staged batch back, and tells the behaviour so.</summary>
    public void Abort()
    {
        if (_staged.Count == 0)
        {
            return;
        }

        foreach (var publication in _staged)
        {
            if (publication.MessageId is { } messageId)
            {
                _messages.Withdraw(publication.From, messageId);
            }
        }

        _staged.Clear();
        _behavior?.OnAborted(_buffer.Last + 1);
    }

    /// <summary>Notes a message id that the store knows.</summary>
    public void Learn(KnownMessage known, DateTimeOffset now) =>
        _messages.Learn(known.Sender, known.MessageId, known.Position, now);

    /// <summary>Decides on a signal; null when it may be delivered.</summary>
    public RealtimeError? Signal(SignalRequest request, ChannelPolicy policy, DateTimeOffset now, out bool isUndecided)
    {
        if (CheckAccess(policy, request.Caller, ChannelRights.Signal, out isUndecided) is { } noRight)
        {
            return noRight;
        }

        if (CheckLimits(policy, request.Payload, request.Key, messageId: null) is { } beyond)
        {
            return beyond;
        }

        var wait = (_signalRate ??= new RateLimiter()).TryTake(policy.Limits, request.Caller.Sender, request.Caller.IsTrusted, now);
        return wait > TimeSpan.Zero ? ChannelRefusals.RateLimited(wait) : null;
    }

    /// <summary>Whether the memory of this machine holds nothing that a new one could not have.</summary>
    public bool IsForgettable(ChannelPolicy policy, DateTimeOffset now)
    {
        if (_durability == Durability.Durable)
        {
            return true;
        }

        Trim(policy, now);
        return _buffer.Count == 0 && _messages.Count == 0 && (_compact is null || _compact.Count == 0);
    }

    private static RealtimeError? CheckLimits(ChannelPolicy policy, Payload payload, string? key, string? messageId)
    {
        if (payload.Length > policy.Limits.MessageBytes)
        {
            return ChannelRefusals.TooLarge(payload.Length, policy.Limits.MessageBytes);
        }

        return CheckText("key", key, Publication.MaxKeyLength)
            ?? CheckText("message id", messageId, Publication.MaxMessageIdLength);
    }

    private static RealtimeError? CheckText(string what, string? text, int maxLength)
    {
        if (text is { Length: var length } && (length == 0 || length > maxLength))
        {
            return ChannelRefusals.TooLong(what, length, maxLength);
        }

        // What a store cannot keep must not reach its batch: it would fail with all the others in it.
        return text is null || IsStorable(text) ? null : ChannelRefusals.NotStorable(what);
    }

    /// <summary>PostgreSQL's texts hold no U+0000, and half a surrogate pair has no encoding.</summary>
    private static bool IsStorable(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] == '\0' || Rune.DecodeFromUtf16(text, out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    private bool TryFindPublished(PublishRequest request, out PublishDecision decision)
    {
        decision = default;
        if (request.MessageId is null || !_messages.TryFind(request.Caller.Sender, request.MessageId, out var position))
        {
            return false;
        }

        var isStaged = position.Epoch == Epoch && position.Sequence > _buffer.Last;
        decision = new PublishDecision(
            isStaged ? PublishDecisionKind.DuplicateOfStaged : PublishDecisionKind.Duplicate, position);
        return true;
    }

    private bool LacksRoomForKey(PublishRequest request, ChannelPolicy policy) =>
        policy.Compact
        && request.Key is { } key
        && _compact is { } compact
        && compact.Count + _staged.Count >= CompactIndex.MaxKeys
        && !compact.Contains(key);

    private PublishDecision? Consult(
        PublishRequest request, long sequence, DateTimeOffset time, ref Payload payload, ref Payload? answer)
    {
        Debug.Assert(_behavior is not null);
        PublicationVerdict verdict;
        try
        {
            verdict = _behavior.OnPublishing(new ProposedPublication(
                _channel, request.Caller.Sender, request.Key, request.Payload, sequence, time));
        }
        catch (Exception fault)
        {
            // The application's bug costs its one publication, not the channel; the host reports it.
            return PublishDecision.Refused(ChannelRefusals.BehaviorFailed, fault: fault);
        }

        if (verdict.Refusal is { } refusal)
        {
            return PublishDecision.Refused(refusal);
        }

        payload = verdict.Replacement ?? payload;
        answer = verdict.Answer;
        return null;
    }

    /// <summary>To the millisecond, and never before the publication before, so that age trims in order.</summary>
    private DateTimeOffset TimeOf(DateTimeOffset now)
    {
        var time = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return time < _lastTime ? _lastTime : time;
    }

    private void Trim(ChannelPolicy policy, DateTimeOffset now)
    {
        var retention = Retention.Of(policy.Replay, _durability);
        _buffer.Trim(retention, now);
        _messages.Trim(retention, now);
    }
}
