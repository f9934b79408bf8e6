namespace OrleansRealtime;

/// <summary>
/// Who published: a user, or a server by the name of its API key with a <c>$</c> before it (<c>$backend</c>).
/// </summary>
/// <remarks>
/// <c>$</c> cannot occur in a <see cref="UserId"/>, so no user can pass for a server. Message ids are unique per sender.
/// The default value is no valid sender. Immutable.
/// </remarks>
public readonly record struct Sender
{
    private readonly string? _value;

    private Sender(string value) => _value = value;

    /// <summary>The sender as it stands in a publication's <c>from</c>.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Whether this is a server.</summary>
    public bool IsServer => _value is ['$', ..];

    /// <summary>The sender that is <paramref name="user"/>.</summary>
    public static Sender OfUser(UserId user) => new(user.Value);

    /// <summary>The sender that is the server called <paramref name="name"/>.</summary>
    public static Sender OfServer(string name) => new("$" + name);

    /// <summary>The sender whose <see cref="Value"/> was <paramref name="value"/>, as a store or a frame gives it back.</summary>
    public static Sender FromValue(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
