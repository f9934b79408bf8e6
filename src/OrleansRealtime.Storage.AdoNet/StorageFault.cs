namespace OrleansRealtime.Storage.AdoNet;

/// <summary>What a failed statement means for what was asked.</summary>
internal enum StorageFault
{
    /// <summary>The store is not reachable, full, too slow or locked; the same may succeed later.</summary>
    Transient,

    /// <summary>The transaction lost against another one and was rolled back; the same may succeed at once.</summary>
    Conflict,

    /// <summary>A uniqueness constraint refused a row: another owner was faster.</summary>
    UniqueViolation,

    /// <summary>The statement or its values are at fault; the same fails again.</summary>
    Rejected,
}
