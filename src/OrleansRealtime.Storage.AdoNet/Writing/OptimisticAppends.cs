using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>
/// Appends to channels of which each comes once, stored without being looked at first: the database takes those whose fence and
/// position hold, and refuses all when a message id is known. Immutable.
/// </summary>
internal sealed class OptimisticAppends
{
    private OptimisticAppends(AppendRequest[] requests, int count, bool hasMessageIds)
    {
        Requests = requests;
        PublicationCount = count;
        HasMessageIds = hasMessageIds;
    }

    /// <summary>The appends, in the order of the names of their channels.</summary>
    public IReadOnlyList<AppendRequest> Requests { get; }

    /// <summary>How many publications they have together.</summary>
    public int PublicationCount { get; }

    /// <summary>Whether any publication has a message id.</summary>
    public bool HasMessageIds { get; }

    /// <summary>Whether a transaction is nothing else than that.</summary>
    /// <param name="batch">Its requests, sorted by subject.</param>
    /// <param name="appends">The appends.</param>
    public static bool TryTake(List<WriteRequest> batch, [NotNullWhen(true)] out OptimisticAppends? appends)
    {
        appends = null;
        var requests = new AppendRequest[batch.Count];
        var (count, hasMessageIds) = (0, false);
        for (var i = 0; i < requests.Length; i++)
        {
            if (batch[i] is not AppendRequest { Batch.IsEmpty: false } append || (i > 0 && requests[i - 1].Channel == append.Channel))
            {
                return false;
            }

            requests[i] = append;
            count += append.Batch.Length;
            hasMessageIds = hasMessageIds || append.Batch.Any(static publication => publication.MessageId is not null);
        }

        appends = new OptimisticAppends(requests, count, hasMessageIds);
        return true;
    }
}
