namespace OrleansRealtime;

/// <summary>Names one transport link on its edge; never used twice by the same edge process. Immutable.</summary>
/// <param name="Value">A number from 1.</param>
public readonly record struct ConnectionId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
