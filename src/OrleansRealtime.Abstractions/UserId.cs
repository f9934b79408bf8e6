using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime;

/// <summary>
/// Who a user is: the <c>sub</c> claim of the token (RFC 7519, section 4.1.2), 1 to 128 characters of ASCII letters,
/// digits and <c>_ - . : / @ | + =</c>. The default value is no valid id. Immutable.
/// </summary>
public readonly record struct UserId
{
    /// <summary>The greatest length of an id, in characters: 128.</summary>
    public const int MaxLength = 128;

    private readonly string? _value;

    private UserId(string value) => _value = value;

    /// <summary>The id as text.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no user id.</exception>
    public static UserId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new FormatException(
                $"'{text}' is no user id: 1 to {MaxLength} ASCII letters, digits and _ - . : / @ | + =.");

    /// <summary>Reads an id, and says whether the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UserId id)
    {
        id = default;
        if (text is null || text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyExcept(NameCharacters.OfUsers))
        {
            return false;
        }

        id = new UserId(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
