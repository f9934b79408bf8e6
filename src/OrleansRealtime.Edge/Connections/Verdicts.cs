namespace OrleansRealtime.Edge.Connections;

/// <summary>
/// What the application's authorizer has said yes to for one connection, and in which channels its right to publish is decided.
/// </summary>
/// <remarks>Safe for concurrent use. Bounded: when it is full it forgets all, and the application is asked again.</remarks>
internal sealed class Verdicts
{
    private const int MaxChannels = 256;

    // All null until there is something to remember: most connections only listen, where no application is asked.
    private Lock? _lock;
    private Dictionary<ChannelName, ChannelRights>? _allowed;
    private HashSet<ChannelName>? _decided;

    private Lock Guard => LazyInitializer.EnsureInitialized(ref _lock);

    private bool IsEmpty => Volatile.Read(ref _allowed) is null && Volatile.Read(ref _decided) is null;

    /// <summary>What was allowed in a channel.</summary>
    public ChannelRights In(ChannelName channel)
    {
        if (IsEmpty)
        {
            return ChannelRights.None;
        }

        lock (Guard)
        {
            return _allowed?.GetValueOrDefault(channel) ?? ChannelRights.None;
        }
    }

    /// <summary>The application said yes.</summary>
    public void Allow(ChannelName channel, ChannelRights right)
    {
        lock (Guard)
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
        if (IsEmpty)
        {
            return;
        }

        lock (Guard)
        {
            _allowed?.Remove(channel);
            _decided?.Remove(channel);
        }
    }

    /// <summary>The token changed.</summary>
    public void ForgetAll()
    {
        if (IsEmpty)
        {
            return;
        }

        lock (Guard)
        {
            _allowed = null;
            _decided = null;
        }
    }

    /// <summary>Whether a publish to a channel was answered without asking the application, so that the next need not wait for it.</summary>
    public bool IsDecided(ChannelName channel)
    {
        if (IsEmpty)
        {
            return false;
        }

        lock (Guard)
        {
            return _decided?.Contains(channel) ?? false;
        }
    }

    /// <summary>A publish must ask the application: those that follow wait for it.</summary>
    public void Undecide(ChannelName channel)
    {
        if (IsEmpty)
        {
            return;
        }

        lock (Guard)
        {
            _decided?.Remove(channel);
        }
    }

    /// <summary>A publish was answered, or the application was asked.</summary>
    public void Decide(ChannelName channel)
    {
        lock (Guard)
        {
            if (_decided is { Count: >= MaxChannels })
            {
                _decided.Clear();
            }

            (_decided ??= []).Add(channel);
        }
    }
}
