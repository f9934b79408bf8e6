namespace OrleansRealtime.Protocol;

/// <summary>
/// The client's correlation id of a command; the answer carries it in the form in which it came. Immutable.
/// </summary>
/// <param name="Text">The id: 1 to 64 characters, or the digits of a whole number from 0 to 2^53 - 1.</param>
/// <param name="IsNumber">Whether JSON carries it as a number; Protobuf always carries text.</param>
public readonly record struct CommandId(string Text, bool IsNumber = false)
{
    /// <summary>The greatest length, in characters: 64.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether there is no id, which is the default value.</summary>
    public bool IsNone => Text is null;

    /// <inheritdoc/>
    public override string ToString() => Text ?? string.Empty;
}
