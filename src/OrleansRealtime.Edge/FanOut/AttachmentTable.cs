using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>The channels that this edge has something of, and their upkeep. Safe for concurrent use.</summary>
internal sealed class AttachmentTable
{
    // One answer per batch and not per channel; small enough that a slow channel holds up few others.
    private const int MaxRenewalsPerCall = 256;

    private readonly EdgeNode _node;
    private readonly ConcurrentDictionary<ChannelName, Entry> _entries = new();

    /// <summary>Creates an empty table.</summary>
    public AttachmentTable(EdgeNode node) => _node = node;

    /// <summary>How many channels there are.</summary>
    public int Count => _entries.Count;

    /// <summary>All of them; what comes or goes meanwhile may be missing or there.</summary>
    public IEnumerable<ChannelAttachment> All => _entries.Select(static pair => pair.Value.Attachment);

    /// <summary>The attachment of a channel, held: its holder must release it.</summary>
    public ChannelAttachment Hold(ChannelName channel)
    {
        while (true)
        {
            var entry = _entries.GetOrAdd(
                channel,
                static (name, node) => new Entry(new ChannelAttachment(node, name)) { RenewAt = node.JitteredRenewal() },
                _node);
            if (entry.Attachment.TryHold())
            {
                return entry.Attachment;
            }

            _entries.TryRemove(new KeyValuePair<ChannelName, Entry>(channel, entry));
        }
    }

    /// <summary>The attachment of a channel, or null.</summary>
    public ChannelAttachment? Find(ChannelName channel) => _entries.GetValueOrDefault(channel)?.Attachment;

    /// <summary>Renews what is due, sees to policies that were reloaded, attaches again what lost its channel, and lets go of what nobody wants any more.</summary>
    public void Sweep()
    {
        var now = _node.Clock.GetTimestamp();
        var due = ImmutableArray.CreateBuilder<Renewal>();
        foreach (var (channel, entry) in _entries)
        {
            if (entry.Attachment.TryRetire(_node.Options.DetachAfter))
            {
                _entries.TryRemove(new KeyValuePair<ChannelName, Entry>(channel, entry));
                continue;
            }

            entry.Attachment.CheckPolicy();
            if (!entry.Attachment.IsAttached)
            {
                entry.Attachment.AttachIfHeld();
                continue;
            }

            entry.Attachment.Roster.Sweep();
            if (entry.RenewAt <= now && entry.Attachment.ToRenew() is { } renewal)
            {
                entry.RenewAt = _node.JitteredRenewal();
                due.Add(renewal);
            }
        }

        foreach (var batch in due.Chunk(MaxRenewalsPerCall))
        {
            _node.Track(RenewAsync(batch));
        }
    }

    /// <summary>Tells all channels that this edge goes.</summary>
    public async Task DetachAllAsync(CancellationToken cancellationToken)
    {
        var detaching = new List<Task>();
        foreach (var (channel, entry) in _entries)
        {
            _entries.TryRemove(new KeyValuePair<ChannelName, Entry>(channel, entry));
            if (entry.Attachment.IsAttached)
            {
                detaching.Add(DetachAsync(entry.Attachment, cancellationToken));
            }
        }

        await Task.WhenAll(detaching);
    }

    private async Task DetachAsync(ChannelAttachment attachment, CancellationToken cancellationToken)
    {
        try
        {
            await attachment.Channel.DetachAsync(_node.Id, cancellationToken);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            // The channel forgets an edge that does not renew.
            _node.Log.DetachFailed(attachment.Name.Value, exception.Message);
        }
    }

    private async Task RenewAsync(Renewal[] renewals)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ImmutableArray<RenewOutcome> outcomes;
        try
        {
            outcomes = await _node.Channels.RenewAsync([.. renewals], _node.Stopping);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            _node.Log.RenewalFailed(renewals.Length, exception.Message);
            return;
        }

        var asked = renewals.ToDictionary(static renewal => renewal.Channel);
        foreach (var outcome in outcomes)
        {
            if (asked.TryGetValue(outcome.Channel, out var renewal))
            {
                Find(outcome.Channel)?.OnRenewed(renewal, outcome);
            }
        }
    }

    private sealed class Entry(ChannelAttachment attachment)
    {
        public ChannelAttachment Attachment { get; } = attachment;

        public long RenewAt { get; set; }
    }
}
