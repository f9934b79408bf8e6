using OrleansRealtime.Client.Subscriptions;

namespace OrleansRealtime.Client;

/// <summary>
/// A channel as this client receives it: enumerate it to read each publication once, in order, across reconnects.
/// </summary>
/// <remarks>
/// It begins with <see cref="RealtimeClient.Subscribe(ChannelName, SubscriptionOptions)"/> and ends when its enumeration or the
/// subscription is disposed, when the server ends it (the enumeration throws <see cref="RealtimeException"/>), or when the client is
/// closed by the server (<see cref="RealtimeClosedException"/>). It can be enumerated once. Events are raised on the thread that
/// reads the connection: handlers must be quick and must not throw. Safe for concurrent use.
/// </remarks>
public sealed class Subscription : IAsyncEnumerable<ReceivedPublication>, IAsyncDisposable
{
    private readonly SubscriptionTable _table;
    private int _isRead;

    internal Subscription(SubscriptionTable table, ChannelName channel, SubscriptionOptions options)
    {
        _table = table;
        Channel = channel;
        Options = options;
        Entry = new SubscriptionEntry(this);
    }

    /// <summary>Raised when the subscription was taken up, and at gaps, resets and its end.</summary>
    public event EventHandler<SubscriptionNotice>? Noticed;

    /// <summary>Raised for each signal.</summary>
    public event EventHandler<ReceivedSignal>? SignalReceived;

    /// <summary>Raised whenever <see cref="Presence"/> has changed.</summary>
    public event EventHandler<PresenceState>? PresenceChanged;

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; }

    /// <summary>With what it was made.</summary>
    public SubscriptionOptions Options { get; }

    /// <summary>Who is in the channel; empty without <see cref="SubscriptionOptions.Presence"/>, and until the server said.</summary>
    public PresenceState Presence => Entry.Presence.State;

    internal SubscriptionEntry Entry { get; }

    /// <summary>Completes when the server has taken the subscription up for the first time.</summary>
    /// <exception cref="RealtimeException">The server refused it.</exception>
    /// <exception cref="RealtimeClosedException">The client was closed.</exception>
    public Task WhenSubscribedAsync(CancellationToken cancellationToken = default) =>
        Entry.FirstTaken.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is or was enumerated already.</exception>
    public async IAsyncEnumerator<ReceivedPublication> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
        {
            throw new InvalidOperationException($"The subscription to {Channel} is enumerated already; subscribe again instead.");
        }

        try
        {
            while (await _table.TakeAsync(Entry, cancellationToken).ConfigureAwait(false) is { } item)
            {
                if (item.Publication is { } publication)
                {
                    yield return publication;
                }
                else if (Options.OnHistoryLost is { } handler)
                {
                    await handler(item.Loss!, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    throw new HistoryLostException(Channel, item.Loss!);
                }
            }
        }
        finally
        {
            _table.Remove(Entry);
        }
    }

    /// <summary>Unsubscribes; the enumeration ends after what was received.</summary>
    public ValueTask DisposeAsync()
    {
        _table.Remove(Entry);
        return ValueTask.CompletedTask;
    }

    internal void Raise(SubscriptionNotice notice) => Noticed?.Invoke(this, notice);

    internal void Raise(ReceivedSignal signal) => SignalReceived?.Invoke(this, signal);

    internal void Raise(PresenceState state) => PresenceChanged?.Invoke(this, state);
}
