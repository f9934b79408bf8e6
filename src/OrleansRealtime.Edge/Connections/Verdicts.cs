namespace OrleansRealtime.Edge.Connections;

/// <summary>
/// What the application's authorizer has said yes to for one connection, and in which channels its right to publish is decided.
/// </summary>
/// <remarks>Safe for concurrent use. Bounded: when it is full it forgets all, and the application is asked again.</remarks>
internal sealed class Verdicts
{
    private const int MaxChannels = 256;

    private readonly Lock _lock = new();
    private Dictionary<ChannelName, ChannelRights>? _allowed;
    private HashSet<ChannelName>? _decided;

    /// <summary>What was allowed in a channel.</summary>
    public ChannelRights In(ChannelName channel)
    {
        lock (_lock)
        {
            return _allowed?.GetValueOrDefault(channel) ?? ChannelRights.None;
        }
    }

    /// <summary>The application said yes.</summary>
    public void Allow(ChannelName channel, ChannelRights right)
    {
        lock (_lock)
        {
            if (_allowed is { Count: >= MaxChannels })
            {
                _allowed.Clear();
            }

            _allowed ??= [];
            _allowed[channel] = _allowed.GetValueOrDefault(channel) | right;
        }
    }

    /// <summary>The grants of a channel changed.</summary>
    public void Forget(ChannelName channel)
    {
        lock (_lock)
        {
            _allowed?.Remove(channel);
            _decided?.Remove(channel);
        }
    }

    /// <summary>The token changed.</summary>
    public void ForgetAll()
    {
        lock (_lock)
        {
            _allowed = null;
            _decided = null;
        }
    }

    /// <summary>Whether a publish to a channel was answered without asking the application, so that the next need not wait for it.</summary>
    public bool IsDecided(ChannelName channel)
    {
        lock (_lock)
        {
            return _decided?.Contains(channel) ?? false;
        }
    }

    /// <summary>A publish must ask the application: those that follow wait for it.</summary>
    public void Undecide(ChannelName channel)
    {
        lock (_lock)
        {
            _decided?.Remove(channel);
        }
    }

    /// <summary>A publish was answered, or the application was asked.</summary>
    public void Decide(ChannelName channel)
    {
        lock (_lock)
        {
            if (_decided is { Count: >= MaxChannels })
            {
                _decided.Clear();
            }

            (_decided ??= []).Add(channel);
        }
    }
}
