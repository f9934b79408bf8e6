namespace OrleansRealtime;

/// <summary>Names what survives a reconnect: an unguessable text that the server gave out. Immutable.</summary>
/// <param name="Value">The id, 1 to 64 characters; opaque to clients.</param>
public readonly record struct SessionId(string Value)
{
    /// <summary>The greatest length of an id, in characters: 64.</summary>
    public const int MaxLength = 64;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
