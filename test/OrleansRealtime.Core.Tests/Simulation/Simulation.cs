using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;
using Xunit.Sdk;

namespace OrleansRealtime.Core.Tests.Simulation;

/// <summary>
/// A channel with its hosts, log, edges and publishers under faults, all on one thread and all by one seed: the same seed gives
/// the same run.
/// </summary>
internal sealed partial class Simulation : IChannelPolicies
{
    public static readonly ChannelName Channel = ChannelName.Parse("chat:simulated");

    private const int Publishers = 4;
    private const int LastCommands = 20;

    /// <summary>What becomes of a message; the first ones are rare.</summary>
    private enum Way
    {
        Lost,
        Overtaken,
        Doubled,
        Straight,
    }

    private readonly int _seed;
    private readonly Random _random;
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryChannelLog _truth;
    private readonly SimulatedGrants _grants;
    private readonly ChannelPolicy _policy;
    private readonly List<SimulatedActor> _actors = [];
    private readonly List<SimulatedEdge> _edges = [];
    private readonly Queue<string> _commands = [];

    // What is to be published, by message id; then where it was acknowledged.
    private readonly Dictionary<string, (Sender From, string? Key, bool IsTombstone)> _unanswered = [];
    private readonly HashSet<string> _inFlight = [];
    private readonly Dictionary<string, Position> _acknowledged = [];
    private readonly Dictionary<Position, string> _numbered = [];
    private SimulatedActor? _current;
    private int _epochs;
    private int _messageIds;
    private int _step;
    private int _checkedHistory;

    private Simulation(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _grants = new SimulatedGrants(this, _random);
        // All is retained, so nothing may ever be lost. A durable channel has a small buffer, so that repairs need the log.
        _truth = new MemoryChannelLog(_time) { TrimsInTime = false };
        var durability = _random.Next(4) == 0 ? Durability.Memory : Durability.Durable;
        _policy = new ChannelPolicy
        {
            Namespace = "chat",
            Durability = durability,
            Replay = ReplayPolicy.Default with { Count = durability == Durability.Durable ? 5 : 100_000 },
            Compact = _random.Next(3) != 0,
            Presence = PresencePolicy.Members,
            Limits = new ChannelLimits(1024, 0, 0),
        };
        for (var i = 1; i <= 3; i++)
        {
            _edges.Add(new SimulatedEdge(i, this));
        }
    }

    private bool IsDurable => _policy.Durability == Durability.Durable;

    /// <summary>Runs one simulation.</summary>
    /// <exception cref="XunitException">A promise was broken; the message has the seed, the step and the last commands.</exception>
    public static SimulationSummary Run(int seed, int steps = 400)
    {
        var simulation = new Simulation(seed);
        try
        {
            for (simulation._step = 1; simulation._step <= steps; simulation._step++)
            {
                simulation.DoSomething();
                simulation.CheckLog();
            }

            simulation.Settle();
            simulation.CheckSettled();
        }
        catch (Exception unexpected) when (unexpected is not XunitException)
        {
            throw simulation.Failure("something threw", unexpected);
        }

        return simulation.Summarize();
    }

    /// <summary>Calls the actor that the directory names, which comes to life if there is none.</summary>
    public void Call<T>(Func<ChannelHost, ValueTask<T>> call, Action<T> done, Action<Exception> failed) =>
        Current().Call(call, done, failed);

    /// <summary>What an edge was given of the channel's grants.</summary>
    public void CheckGrants(SimulatedEdge edge, ChannelGrants grants) => _grants.CheckGiven(edge, grants);

    [DoesNotReturn]
    public void Fail(string what) => throw Failure(what, null);

    public void CheckReset(SimulatedEdge edge, Position position)
    {
        if (IsDurable && !edge.Seen.Epoch.IsNone)
        {
            Fail($"{edge.Id} was reset from {edge.Seen} to {position}, though the channel is durable");
        }
    }

    public void CheckSeen(SimulatedEdge edge, Epoch epoch, Publication publication)
    {
        CheckNumber(new Position(epoch, publication.Sequence), publication.MessageId!, $"{edge.Id} saw");
        if (IsDurable)
        {
            var history = _truth.History(Channel);
            if (history.Length < publication.Sequence || history[(int)publication.Sequence - 1].MessageId != publication.MessageId)
            {
                Fail($"{edge.Id} saw {publication.Sequence}, which is not in the log");
            }
        }
    }

    bool IChannelPolicies.TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy)
    {
        policy = _policy;
        return true;
    }

    private void DoSomething()
    {
        switch (_random.Next(108))
        {
            case < 18:
                Note("publish", PublishNew());
                break;
            case < 22:
                Note("retry", Retry());
                break;
            case < 44:
                Note("turn", RunTurn());
                break;
            case < 62:
                Note("log", DecideLogCall(_random.Next(12) switch { 0 => LogFault.Before, 1 => LogFault.After, _ => LogFault.None }));
                break;
            case < 80:
                Note("deliver", Deliver((Way)Math.Min(_random.Next(12), (int)Way.Straight)));
                break;
            case < 86:
                var renewing = Pick(_edges);
                renewing.Renew();
                Note("renew", renewing.Id.Value);
                break;
            case < 92:
                var edge = Pick(_edges);
                var user = $"user-{_random.Next(4)}";
                edge.Toggle(user);
                Note("member", $"{edge.Id} {user}");
                break;
            case < 96:
                Note("time", PassTime(TimeSpan.FromMilliseconds(_random.Next(8000))));
                break;
            case < 98:
                Note("crash", Crash());
                break;
            case < 101:
                Note("grant", _grants.Change());
                break;
            case < 104:
                Note("signal", Signal());
                break;
            case < 107:
                Note("snapshot", ReadSnapshot());
                break;
            default:
                // The directory forgets the owner while it still runs: two believe that they own the channel.
                Note("forget", _current?.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nobody");
                _current = null;
                break;
        }

        EndThoseThatWantTo();
    }

    private SimulatedActor Current()
    {
        if (_current is null || _current.IsOver || _current.WantsToEnd)
        {
            _current = new SimulatedActor(_actors.Count + 1, Channel, _truth, actor => new ChannelHostServices
            {
                Policies = this,
                Log = actor.Log,
                Grants = _grants,
                Delivery = actor,
                Time = _time,
                NewEpoch = () => new Epoch($"epoch-{++_epochs}"),
            });
            _actors.Add(_current);
        }

        return _current;
    }

    private string PublishNew()
    {
        var messageId = $"m{++_messageIds}";
        var key = _random.Next(3) == 0 ? null : $"key-{_random.Next(Keys)}";
        var from = Sender.OfUser(UserId.Parse($"user-{_random.Next(Publishers)}"));
        _unanswered.Add(messageId, (from, key, key is not null && _random.Next(5) == 0));
        Publish(messageId);
        return messageId;
    }

    private string Retry()
    {
        // Now and then one that was acknowledged long ago, as a client does that lost the answer.
        var candidates = _unanswered.Keys.Where(id => !_inFlight.Contains(id)).ToList();
        if (candidates.Count == 0)
        {
            return "nothing";
        }

        var messageId = Pick(candidates);
        Publish(messageId);
        return messageId;
    }

    private void Publish(string messageId)
    {
        _inFlight.Add(messageId);
        var request = RequestOf(messageId);
        // A publisher may still talk to an owner that was replaced.
        var actor = _random.Next(6) == 0 && _actors.Count > 0 ? Pick(_actors) : Current();
        if (actor.IsOver)
        {
            actor = Current();
        }

        actor.Call(
            host => host.PublishAsync(request, CancellationToken.None),
            outcome =>
            {
                _inFlight.Remove(messageId);
                if (outcome.Refusal is null)
                {
                    Acknowledge(messageId, outcome);
                }
            },
            _ => _inFlight.Remove(messageId));
    }

    private void Acknowledge(string messageId, PublishOutcome outcome)
    {
        CheckNumber(outcome.Position, messageId, "a publisher was told");
        if (IsDurable)
        {
            var history = _truth.History(Channel);
            var index = (int)outcome.Position.Sequence - 1;
            if (index >= history.Length || history[index].MessageId != messageId)
            {
                Fail($"{messageId} was acknowledged at {outcome.Position}, where the log does not have it");
            }
        }

        _acknowledged[messageId] = outcome.Position;
        if (_random.Next(5) != 0)
        {
            _unanswered.Remove(messageId);
        }
    }

    private string RunTurn()
    {
        var ready = _actors.Where(static actor => !actor.IsCrashed && actor.Turns.Waiting > 0).ToList();
        if (ready.Count == 0)
        {
            return "nothing";
        }

        var actor = Pick(ready);
        actor.Turns.RunOne();
        return $"of {actor.Number}";
    }

    private string DecideLogCall(LogFault fault)
    {
        var asking = _actors.Where(static actor => actor.LogCalls.Count > 0).ToList();
        if (asking.Count == 0)
        {
            return "nothing";
        }

        var actor = Pick(asking);
        var index = _random.Next(actor.LogCalls.Count);
        var (method, call) = actor.LogCalls[index];
        actor.LogCalls.RemoveAt(index);
        call.SetResult(fault);
        if (actor.IsCrashed)
        {
            // The request had left the process: the store does it, and nobody hears the answer.
            actor.Turns.RunUntilIdle();
        }

        return $"{method} of {actor.Number}: {fault}";
    }

    private string Deliver(Way way)
    {
        var waiting = (
            from actor in _actors
            from route in actor.OnTheWay
            where route.Value.Count > 0
            select (Actor: actor, Edge: route.Key, Messages: route.Value)).ToList();
        if (waiting.Count == 0)
        {
            return "nothing";
        }

        var (from, to, messages) = Pick(waiting);
        var message = messages.Dequeue();
        if (way is Way.Overtaken or Way.Doubled)
        {
            messages.Enqueue(message);
        }

        if (way is Way.Straight or Way.Doubled)
        {
            _edges.Single(edge => edge.Id == to).Receive(message);
        }

        return $"{message.GetType().Name} from {from.Number} to {to}: {way}";
    }

    private string PassTime(TimeSpan by)
    {
        _time.Advance(by);
        foreach (var actor in _actors)
        {
            actor.Tick();
        }

        return by.ToString();
    }

    private string Crash()
    {
        var alive = _actors.Where(static actor => !actor.IsOver).ToList();
        if (alive.Count == 0)
        {
            return "nothing";
        }

        var actor = Pick(alive);
        actor.Crash();
        return actor.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private void EndThoseThatWantTo()
    {
        foreach (var actor in _actors.Where(static actor => actor.WantsToEnd && !actor.IsOver))
        {
            actor.End();
        }
    }

    /// <summary>No more faults: everything that is under way arrives, edges renew, publishers retry.</summary>
    private void Settle()
    {
        _grants.MayFail = false;
        SettleRounds();
        // An owner that was replaced learns it from its next append, and one that was overtaken in changing grants from its next
        // change, so there must be one of each.
        PublishNew();
        _grants.ChangeLast();
        SettleRounds();
    }

    private void SettleRounds()
    {
        for (var round = 0; round < 12; round++)
        {
            RunUntilQuiet();
            foreach (var edge in _edges)
            {
                edge.Renew();
            }

            foreach (var messageId in _unanswered.Keys.Where(id => !_inFlight.Contains(id)).ToList())
            {
                Publish(messageId);
            }

            RunUntilQuiet();
            PassTime(TimeSpan.FromSeconds(3));
        }

        RunUntilQuiet();
    }

    private void RunUntilQuiet()
    {
        while (RunTurn() != "nothing" || DecideLogCall(LogFault.None) != "nothing" || Deliver(Way.Straight) != "nothing")
        {
            EndThoseThatWantTo();
            CheckLog();
        }
    }

    private void CheckLog()
    {
        var history = _truth.History(Channel);
        for (; _checkedHistory < history.Length; _checkedHistory++)
        {
            var publication = history[_checkedHistory];
            if (publication.Sequence != _checkedHistory + 1)
            {
                Fail($"the log has {publication.Sequence} at {_checkedHistory + 1}");
            }

            for (var i = 0; i < _checkedHistory; i++)
            {
                if (history[i].MessageId == publication.MessageId)
                {
                    Fail($"the log has {publication.MessageId} at {i + 1} and at {publication.Sequence}");
                }
            }
        }
    }

    private void CheckNumber(Position position, string messageId, string who)
    {
        if (!_numbered.TryAdd(position, messageId) && _numbered[position] != messageId)
        {
            Fail($"{who} that {position} is {messageId}, but it was {_numbered[position]}");
        }
    }

    private void CheckSettled()
    {
        var actor = Current();
        var head = actor.Turns.Complete(() => actor.Host.DescribeAsync(CancellationToken.None));
        foreach (var edge in _edges)
        {
            if (edge.Seen != head.Position)
            {
                Fail($"{edge.Id} stands at {edge.Seen}, the channel at {head.Position}");
            }

            _grants.CheckSettled(edge);
        }

        if (_acknowledged.Count != _messageIds)
        {
            Fail($"{_messageIds - _acknowledged.Count} publications were never acknowledged");
        }

        if (IsDurable && _truth.History(Channel).Length != _messageIds)
        {
            Fail($"the log has {_truth.History(Channel).Length} of {_messageIds} publications");
        }

        var present = actor.Turns.Complete(() => actor.Host.PresenceAsync(Caller.Trusted("test"), CancellationToken.None));
        var listed = present.Members.Select(static member => member.User.Value).Order().ToArray();
        var expected = _edges.SelectMany(static edge => edge.Users).Distinct().Order().ToArray();
        if (!listed.SequenceEqual(expected))
        {
            Fail($"present are {string.Join(", ", listed)}; there are {string.Join(", ", expected)}");
        }

        CheckSettledSnapshot(actor);
    }

    private T Pick<T>(List<T> items) => items[_random.Next(items.Count)];

    private void Note(string command, string detail)
    {
        _commands.Enqueue($"{_step}: {command} {detail}");
        if (_commands.Count > LastCommands)
        {
            _commands.Dequeue();
        }
    }

    private XunitException Failure(string what, Exception? inner) => new(
        $"Seed {_seed}, step {_step} ({_policy.Durability}{(_policy.Compact ? ", compact" : "")}): {what}.{Environment.NewLine}"
        + string.Join(Environment.NewLine, _commands),
        inner);

    private SimulationSummary Summarize() => new(
        _messageIds,
        _actors.Count,
        _actors.Count(static actor => actor.IsCrashed),
        _edges.Max(static edge => edge.Seen.Sequence),
        _grants.Acknowledged,
        _signalsSeen,
        _snapshots);
}
