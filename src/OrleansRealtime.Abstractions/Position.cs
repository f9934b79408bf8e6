namespace OrleansRealtime;

/// <summary>A place in a channel: all up to and including this sequence of this epoch. Immutable.</summary>
/// <param name="Epoch">The numbering.</param>
/// <param name="Sequence">The number of the last publication that counts as seen; 0 before the first.</param>
public readonly record struct Position(Epoch Epoch, long Sequence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Epoch}:{Sequence}";
}
