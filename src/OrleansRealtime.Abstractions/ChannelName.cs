using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime;

/// <summary>
/// The name of a channel: <c>namespace:rest</c>, 1 to 200 characters of ASCII letters, digits and <c>_ - . : / @</c>.
/// </summary>
/// <remarks>
/// The namespace is what stands before the first <c>:</c>; a name without one is its own namespace.
/// A name that starts with <c>@</c> is a user's own channel (<c>@alice</c>): its namespace is <c>@</c>, and after the
/// <c>@</c> it may hold whatever a <see cref="UserId"/> may. The default value is no valid name. Immutable.
/// </remarks>
public readonly record struct ChannelName
{
    /// <summary>The greatest length of a name, in characters: 200.</summary>
    public const int MaxLength = 200;

    /// <summary>The namespace of all user channels.</summary>
    public const string UserNamespace = "@";

    private readonly string? _value;

    private ChannelName(string value) => _value = value;

    /// <summary>The whole name.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>The part whose policy holds for this channel.</summary>
    public string Namespace => NamespaceSpan.ToString();

    /// <summary>The same without a string of its own, to look something up by it.</summary>
    public ReadOnlySpan<char> NamespaceSpan
    {
        get
        {
            if (IsUserChannel)
            {
                return UserNamespace;
            }

            var colon = Value.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? Value : Value.AsSpan(0, colon);
        }
    }

    /// <summary>Whether this is the own channel of a user.</summary>
    public bool IsUserChannel => _value is ['@', ..];

    /// <summary>The user whose own channel this is.</summary>
    /// <returns>False when this is not a user channel.</returns>
    public bool TryGetUser(out UserId user)
    {
        user = default;
        return IsUserChannel && UserId.TryParse(Value[1..], out user);
    }

    /// <summary>The own channel of <paramref name="user"/>.</summary>
    public static ChannelName OfUser(UserId user) => new("@" + user.Value);

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is no channel name.</exception>
    public static ChannelName Parse(string text) =>
        TryParse(text, out var name)
            ? name
            : throw new FormatException(
                $"'{text}' is no channel name: 1 to {MaxLength} ASCII letters, digits and _ - . : / @, not starting with ':'.");

    /// <summary>Reads a name, and says whether the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ChannelName name)
    {
        name = default;
        if (text is null || text.Length is 0 or > MaxLength || text[0] == ':')
        {
            return false;
        }

        if (text[0] == '@')
        {
            if (!UserId.TryParse(text[1..], out _))
            {
                return false;
            }
        }
        else if (text.AsSpan().ContainsAnyExcept(NameCharacters.OfChannels))
        {
            return false;
        }

        name = new ChannelName(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
