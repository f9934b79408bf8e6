using System.Globalization;
using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Http;

/// <summary>Reads the values that bodies and queries consist of; each throws <see cref="HttpRefusedException"/> on a bad one.</summary>
internal static class HttpArguments
{
    /// <summary>The greatest length of a text for people: 100 characters.</summary>
    public const int MaxTextLength = 100;

    public static ChannelName Channel(string? text) =>
        ChannelName.TryParse(text, out var channel)
            ? channel
            : throw Bad($"'channel' is no channel name: 1 to {ChannelName.MaxLength} letters, digits and _ - . : / @");

    public static UserId User(string? text) =>
        UserId.TryParse(text, out var user)
            ? user
            : throw Bad($"'user' is no user id: 1 to {UserId.MaxLength} letters, digits and _ - . : / @ | + =");

    public static SessionId? Session(string? text) => text switch
    {
        null => null,
        { Length: > 0 and <= SessionId.MaxLength } => new SessionId(text),
        _ => throw Bad($"'session' has 1 to {SessionId.MaxLength} characters"),
    };

    public static string? Key(string? text) =>
        text is null or { Length: > 0 and <= Publication.MaxKeyLength }
            ? text
            : throw Bad($"'key' has 1 to {Publication.MaxKeyLength} characters");

    /// <summary>The message id: from the body, or the header <c>Idempotency-Key</c>.</summary>
    public static string? MessageId(string? text, HttpRequest request)
    {
        var header = request.Headers["Idempotency-Key"];
        if (header.Count > 1 || (header.Count == 1 && text is not null && text != header.ToString()))
        {
            throw Bad("'mid' and the header Idempotency-Key say different things; send one of them");
        }

        var id = text ?? (header.Count == 1 ? header.ToString() : null);
        return id is null or { Length: > 0 and <= Publication.MaxMessageIdLength }
            ? id
            : throw Bad($"'mid', or Idempotency-Key, has 1 to {Publication.MaxMessageIdLength} characters");
    }

    public static string Text(string? text, string name) =>
        text is null or { Length: <= MaxTextLength } && text?.Contains('\0') != true
            ? text ?? ""
            : throw Bad($"'{name}' has at most {MaxTextLength} characters, none of them U+0000");

    public static ChannelRights Rights(IReadOnlyList<string>? names)
    {
        var rights = ChannelRights.None;
        foreach (var name in names ?? [])
        {
            rights |= ChannelRightNames.TryParse(name, out var right)
                ? right
                : throw Bad($"'rights' has an entry that is none of {ChannelRightNames.Known}, *");
        }

        return rights != ChannelRights.None ? rights : throw Bad("'rights' is missing or empty");
    }

    public static DateTimeOffset? Time(long? milliseconds, string name)
    {
        // Year 9000; leaves room for whoever adds to it.
        const long latest = 221_845_392_000_000;
        return milliseconds switch
        {
            null => null,
            >= 0 and <= latest => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value),
            _ => throw Bad($"'{name}' is a time in Unix milliseconds"),
        };
    }

    public static int Integer(string? text, string name, int minimum, int maximum, int otherwise)
    {
        if (text is null)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw Bad($"'{name}' is a whole number from {minimum} to {maximum}");
    }

    public static bool Flag(string? text, string name) => text switch
    {
        null or "0" or "false" => false,
        "" or "1" or "true" => true,
        _ => throw Bad($"'{name}' is true or false"),
    };

    /// <summary>The position that a query names by <c>epoch</c> and <c>seq</c>, which come together.</summary>
    public static Position? Position(string? epoch, string? sequence)
    {
        if (epoch is null && sequence is null)
        {
            return null;
        }

        return epoch is { Length: > 0 and <= Epoch.MaxLength }
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new Position(new Epoch(epoch), value)
            : throw Bad("'epoch' and 'seq' come together: the epoch as it was given, and a whole number");
    }

    public static HttpRefusedException Bad(string detail) => new(HttpRefusals.BadRequest(detail));
}
