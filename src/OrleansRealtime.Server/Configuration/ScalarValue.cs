using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Server.Configuration;

/// <summary>Reads the single values that options consist of. Pure.</summary>
internal static class ScalarValue
{
    /// <summary>Whether values of this type are written as one text.</summary>
    public static bool IsScalar(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
        || type == typeof(double) || type == typeof(TimeSpan) || type == typeof(Uri) || type == typeof(Secret);

    /// <summary>Reads <paramref name="text"/> as a <paramref name="type"/>.</summary>
    public static bool TryParse(Type type, string? text, [NotNullWhen(true)] out object? value)
    {
        value = text switch
        {
            null => null,
            _ when type == typeof(string) => text,
            _ when type == typeof(Secret) => new Secret(text),
            _ when type == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
            _ when type == typeof(int) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(long) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(double) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(TimeSpan) => ReadTime(text),
            _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null,
            _ => ReadName(type, text),
        };
        return value is not null;
    }

    /// <summary>What a value of this type looks like, for a message.</summary>
    public static string Describe(Type type) => type switch
    {
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type).Select(ToWord)),
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a time as [days.]hours:minutes:seconds, e.g. 00:00:30",
        _ when type == typeof(Uri) => "an absolute address",
        _ when type == typeof(string) || type == typeof(Secret) => "a text",
        _ => "a whole number within range",
    };

    /// <summary>How a value is written in a configuration file.</summary>
    public static string ToWord(object value) =>
        Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant();

    // A bare number would be read as days ("30" is a month), which nobody means.
    private static TimeSpan? ReadTime(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? time
            : null;

    // Enum.TryParse would take numbers and lists of names too.
    private static object? ReadName(Type type, string text) =>
        Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } match
            ? Enum.Parse(type, match)
            : null;
}
