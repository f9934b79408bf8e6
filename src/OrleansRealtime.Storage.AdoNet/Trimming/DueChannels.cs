using System.Collections.Concurrent;
using System.Threading.Channels;

namespace OrleansRealtime.Storage.AdoNet.Trimming;

/// <summary>The channels that wait to be trimmed, each once. Safe for concurrent use.</summary>
/// <remarks>Bounded: what finds no room is found by the next sweep over all channels.</remarks>
internal sealed class DueChannels
{
    private const int MaxChannels = 10_000;

    private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);
    private readonly Channel<string> _queue = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxChannels) { SingleReader = true });

    /// <summary>Adds a channel, unless it waits already or there is no room.</summary>
    public void Add(string channel)
    {
        if (_names.TryAdd(channel, true) && !_queue.Writer.TryWrite(channel))
        {
            _names.TryRemove(channel, out _);
        }
    }

    /// <summary>Waits for the next channel.</summary>
    public async ValueTask<string> TakeAsync(CancellationToken cancellationToken)
    {
        var channel = await _queue.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

        // Removed before it is trimmed: what is appended while it is being trimmed makes it due again.
        _names.TryRemove(channel, out _);
        return channel;
    }
}
