using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>Why a transaction failed.</summary>
/// <param name="Exception">What was thrown.</param>
/// <param name="Fault">What it means.</param>
/// <param name="IsOutcomeUnknown">Whether the commit failed or was not heard of, and so may have succeeded.</param>
/// <param name="WasConnectionIdle">Whether the connection was opened for an earlier transaction.</param>
internal sealed record WriteFailure(Exception Exception, StorageFault Fault, bool IsOutcomeUnknown, bool WasConnectionIdle)
{
    /// <summary>Whether the database was silent for so long that trying again would only double the wait.</summary>
    public bool IsTimeout => Exception.GetBaseException() is TimeoutException;

    /// <summary>The failure as callers see it.</summary>
    public StorageException ToException() => new(
        IsOutcomeUnknown
            ? "The store failed while it committed; it is unknown whether the request was stored."
            : "The store failed; the request was not stored.",
        Fault is StorageFault.Transient or StorageFault.Conflict,
        Exception);
}
