using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.Limits;

/// <summary>What each user may still send through this node, on all connections and over HTTP. Bounded; safe for concurrent use.</summary>
internal sealed class UserBudgets
{
    /// <summary>How many users are metered at once: 65,536. Those beyond come in unmetered; each connection has its own budget.</summary>
    public const int Capacity = 65_536;

    private readonly TimeProvider _clock;
    private readonly BucketRate _commands;
    private readonly BucketRate _bytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<OffenderKey, Budget> _budgets = [];
    private TimeSpan _sweptAt;

    /// <summary>Budgets by these limits.</summary>
    public UserBudgets(LimitOptions limits, int maxMessageBytes, TimeProvider clock)
    {
        _clock = clock;
        _commands = new BucketRate(limits.CommandsPerSecondPerUser, 2.0 * limits.CommandsPerSecondPerUser);
        _bytes = new BucketRate(limits.BytesPerSecondPerUser, Math.Max(2.0 * limits.BytesPerSecondPerUser, maxMessageBytes));
        _sweptAt = Uptime.Of(clock);
    }

    /// <summary>Takes one message from a user's budget, or says when it would fit.</summary>
    public bool TryTake(OffenderKey user, int bytes, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (_commands.PerSecond <= 0 && _bytes.PerSecond <= 0)
        {
            return true;
        }

        var now = Uptime.Of(_clock);
        lock (_lock)
        {
            if (_budgets.Count >= Capacity && !_budgets.ContainsKey(user) && !MakeRoomLocked(now))
            {
                return true;
            }

            ref var budget = ref CollectionsMarshal.GetValueRefOrAddDefault(_budgets, user, out var isKnown);
            if (!isKnown)
            {
                budget.Commands = new TokenBucket(_commands, now);
                budget.Bytes = new TokenBucket(_bytes, now);
            }

            return budget.Commands.TryTake(_commands, 1, now, out retryAfter) && budget.Bytes.TryTake(_bytes, bytes, now, out retryAfter);
        }
    }

    /// <summary>Whether something is left of a user's budget of commands, or when there will be; nothing is taken.</summary>
    public bool HasRoom(OffenderKey user, out TimeSpan retryAfter)
    {
        var now = Uptime.Of(_clock);
        retryAfter = TimeSpan.Zero;
        lock (_lock)
        {
            // A copy: what it takes is taken from nobody.
            return !_budgets.TryGetValue(user, out var budget) || budget.Commands.TryTake(_commands, 1, now, out retryAfter);
        }
    }

    private bool MakeRoomLocked(TimeSpan now)
    {
        // Once a second at most, since it looks at all of them.
        if (now - _sweptAt >= TimeSpan.FromSeconds(1))
        {
            _sweptAt = now;
            foreach (var (user, budget) in _budgets)
            {
                var copy = budget;
                if (copy.Commands.IsFull(_commands, now) && copy.Bytes.IsFull(_bytes, now))
                {
                    _budgets.Remove(user);
                }
            }
        }

        return _budgets.Count < Capacity;
    }

    private struct Budget
    {
        public TokenBucket Commands;
        public TokenBucket Bytes;
    }
}
