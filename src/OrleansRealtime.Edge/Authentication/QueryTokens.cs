using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Finds tokens in query strings, which end up in the logs of every proxy on the way and so are refused.</summary>
internal static class QueryTokens
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "access_token", "accesstoken", "auth", "auth_token", "authorization", "bearer", "id_token", "jwt", "token",
        "api_key", "apikey", "x-api-key",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of the first parameter that is or holds a token; null when there is none.</summary>
    public static string? Find(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            if (Names.Contains(name) || values.Any(LooksLikeJwt))
            {
                return name;
            }
        }

        return null;
    }

    // "eyJ" is base64url of '{"', with which the header of every JWT begins.
    private static bool LooksLikeJwt(string? value) =>
        value is not null && value.StartsWith("eyJ", StringComparison.Ordinal) && value.Count(static c => c == '.') >= 2;
}
