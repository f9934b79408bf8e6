namespace OrleansRealtime;

/// <summary>
/// Names one unbroken numbering of a channel; it changes only when continuity is lost. Opaque: two epochs are equal or not.
/// </summary>
/// <remarks>A valid epoch is 1 to 64 characters long; the default value stands for «none known». Immutable.</remarks>
/// <param name="Value">The epoch as text.</param>
public readonly record struct Epoch(string Value)
{
    /// <summary>The greatest length, in characters: 64.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether this is the default value, which names no numbering.</summary>
    public bool IsNone => string.IsNullOrEmpty(Value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? string.Empty;
}
