using System.Collections.Immutable;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>
/// Decides which of a transaction's appends are taken, from the locked rows and the known message ids, and gathers their
/// publications. One append is taken whole or not at all, and none has a say in another.
/// </summary>
internal sealed class StagedAppends(Dictionary<string, ChannelRow> channels, Dictionary<MessageKey, long> known)
{
    private readonly List<StagedPublication> _publications = [];
    private readonly HashSet<ChannelRow> _advanced = [];

    /// <summary>What is to be stored.</summary>
    public IReadOnlyList<StagedPublication> Publications => _publications;

    /// <summary>The channels with something to store, as they will be.</summary>
    public IReadOnlyCollection<ChannelRow> Advanced => _advanced;

    /// <summary>The message ids that an append with a good fence brings.</summary>
    public static IEnumerable<MessageKey> MessagesOf(AppendRequest request, Dictionary<string, ChannelRow> channels)
    {
        if (!channels.TryGetValue(request.Channel.Value, out var row) || row.Fence != request.Fence.Number)
        {
            yield break;
        }

        foreach (var publication in request.Batch)
        {
            if (publication.MessageId is { } id)
            {
                yield return new MessageKey(row.Id, publication.From.Value, id);
            }
        }
    }

    /// <summary>Takes an append, or says why not.</summary>
    public AppendOutcome Decide(AppendRequest request)
    {
        // An owner whose next sequence is not the store's has missed what became of an append; it must open the log again as
        // one that was fenced off must.
        if (!channels.TryGetValue(request.Channel.Value, out var row)
            || row.Fence != request.Fence.Number
            || (!request.Batch.IsEmpty && row.LastSequence + 1 != request.Batch[0].Sequence))
        {
            return AppendOutcome.FencedOff;
        }

        if (request.Batch.IsEmpty)
        {
            return AppendOutcome.Appended;
        }

        var duplicates = FindDuplicates(request, row);
        if (!duplicates.IsEmpty)
        {
            return new AppendDuplicates(duplicates);
        }

        Stage(request, row);
        return AppendOutcome.Appended;
    }

    private ImmutableArray<KnownMessage> FindDuplicates(AppendRequest request, ChannelRow row)
    {
        if (known.Count == 0)
        {
            return [];
        }

        var duplicates = ImmutableArray.CreateBuilder<KnownMessage>();
        foreach (var publication in request.Batch)
        {
            if (publication.MessageId is { } id
                && known.TryGetValue(new MessageKey(row.Id, publication.From.Value, id), out var sequence))
            {
                duplicates.Add(new KnownMessage(publication.From, id, new Position(row.Epoch, sequence)));
            }
        }

        return duplicates.ToImmutable();
    }

    private void Stage(AppendRequest request, ChannelRow row)
    {
        foreach (var publication in request.Batch)
        {
            row.LastSequence = publication.Sequence;
            row.TotalBytes += publication.Payload.Length;
            _publications.Add(new StagedPublication(row.Id, row.TotalBytes, publication));
            if (publication.MessageId is { } id)
            {
                known.Add(new MessageKey(row.Id, publication.From.Value, id), publication.Sequence);
            }
        }

        _advanced.Add(row);
    }
}
