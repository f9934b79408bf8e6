using System.Collections.Concurrent;

namespace OrleansRealtime.Storage.AdoNet.Trimming;

/// <summary>
/// What was set and is not in the store yet, which is where it belongs: then also channels that nobody opens are trimmed.
/// Safe for concurrent use.
/// </summary>
internal sealed class Retentions
{
    // Retention is set when a channel is opened. Without a limit, setting it for channels that never exist would fill memory.
    private const int MaxUnsaved = 100_000;

    private readonly ConcurrentDictionary<string, Retention> _unsaved = new(StringComparer.Ordinal);

    /// <summary>The channels with something to save.</summary>
    public ICollection<string> Channels => _unsaved.Keys;

    /// <summary>Sets what a channel keeps. Beyond the limit it is forgotten, and the store's word stays.</summary>
    public void Set(string channel, Retention retention)
    {
        if (_unsaved.Count < MaxUnsaved || _unsaved.ContainsKey(channel))
        {
            _unsaved[channel] = retention;
        }
    }

    /// <summary>What is to be saved for a channel, or null.</summary>
    public Retention? Find(string channel) => _unsaved.GetValueOrDefault(channel);

    /// <summary>Forgets what was saved, unless it was set anew meanwhile.</summary>
    public void Saved(string channel, Retention retention) =>
        _unsaved.TryRemove(new KeyValuePair<string, Retention>(channel, retention));
}
