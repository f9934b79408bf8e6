namespace OrleansRealtime;

/// <summary>Names one life of an edge process; a restarted edge has another id. Immutable.</summary>
/// <param name="Value">The id, 1 to 64 characters.</param>
public readonly record struct EdgeId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
