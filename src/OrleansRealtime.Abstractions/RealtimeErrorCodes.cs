using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime;

/// <summary>The wire names of <see cref="RealtimeErrorCode"/>.</summary>
public static class RealtimeErrorCodes
{
    private static readonly (RealtimeErrorCode Code, string Name)[] Names =
    [
        (RealtimeErrorCode.BadRequest, "bad_request"),
        (RealtimeErrorCode.UnknownType, "unknown_type"),
        (RealtimeErrorCode.UnsupportedVersion, "unsupported_version"),
        (RealtimeErrorCode.Unauthenticated, "unauthenticated"),
        (RealtimeErrorCode.Forbidden, "forbidden"),
        (RealtimeErrorCode.NotSubscribed, "not_subscribed"),
        (RealtimeErrorCode.TooLarge, "too_large"),
        (RealtimeErrorCode.TooManySubscriptions, "too_many_subscriptions"),
        (RealtimeErrorCode.RateLimited, "rate_limited"),
        (RealtimeErrorCode.Conflict, "conflict"),
        (RealtimeErrorCode.Unavailable, "unavailable"),
        (RealtimeErrorCode.Timeout, "timeout"),
        (RealtimeErrorCode.Internal, "internal"),
    ];

    /// <summary>All codes.</summary>
    public static IEnumerable<RealtimeErrorCode> All => Names.Select(static pair => pair.Code);

    /// <summary>The name that stands for <paramref name="code"/> on the wire.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The code is not one of the enumeration.</exception>
    public static string ToWireName(this RealtimeErrorCode code) =>
        (int)code >= 1 && (int)code <= Names.Length
            ? Names[(int)code - 1].Name
            : throw new ArgumentOutOfRangeException(nameof(code), code, "No such error code.");

    /// <summary>The code that <paramref name="name"/> stands for.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out RealtimeErrorCode code)
    {
        foreach (var pair in Names)
        {
            if (pair.Name == name)
            {
                code = pair.Code;
                return true;
            }
        }

        code = default;
        return false;
    }

    /// <summary>Whether the same command may succeed later without being changed.</summary>
    public static bool IsRetryable(this RealtimeErrorCode code) =>
        code is RealtimeErrorCode.RateLimited or RealtimeErrorCode.Unavailable or RealtimeErrorCode.Timeout;
}
