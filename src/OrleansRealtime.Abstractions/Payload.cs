namespace OrleansRealtime;

/// <summary>What a publication or signal carries: bytes that the server never changes, and what they are. Immutable.</summary>
/// <remarks>The owner of the memory must not write to it once it is a payload. The default value is empty and JSON-less.</remarks>
/// <param name="Bytes">The bytes.</param>
/// <param name="Kind">What they are.</param>
public readonly record struct Payload(ReadOnlyMemory<byte> Bytes, PayloadKind Kind)
{
    /// <summary>The length in bytes.</summary>
    public int Length => Bytes.Length;

    /// <summary>A JSON payload; <paramref name="utf8"/> must be one JSON value.</summary>
    public static Payload Json(ReadOnlyMemory<byte> utf8) => new(utf8, PayloadKind.Json);

    /// <summary>A JSON payload; <paramref name="json"/> must be one JSON value.</summary>
    public static Payload Json(string json) => new(System.Text.Encoding.UTF8.GetBytes(json), PayloadKind.Json);

    /// <summary>A binary payload.</summary>
    public static Payload Binary(ReadOnlyMemory<byte> bytes) => new(bytes, PayloadKind.Binary);

    /// <summary>Whether both carry the same bytes of the same kind.</summary>
    public bool Equals(Payload other) => Kind == other.Kind && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }
}
