using System.Text.Json;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>The claims of a token whose signature is good (RFC 7519, section 4.1): pure rules, told the time.</summary>
internal static class TokenClaims
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Whose token this is, or why it is not accepted.</summary>
    public static Identity? TryRead(byte[] json, AuthenticationOptions options, DateTimeOffset now, out string fault)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                fault = "the token's claims are no JSON object";
                return null;
            }

            return Read(document.RootElement, options, now, out fault);
        }
        catch (JsonException)
        {
            fault = "the token's claims are no JSON object, or name a member twice";
            return null;
        }
    }

    private static Identity? Read(JsonElement claims, AuthenticationOptions options, DateTimeOffset now, out string fault)
    {
        if (!TryTime(claims, "exp", out var expires) || !TryTime(claims, "nbf", out var notBefore)
            || !TryTime(claims, "iat", out var issuedAt))
        {
            fault = "'exp', 'nbf' and 'iat' are numbers of seconds since 1970";
            return null;
        }

        fault = FaultOfTimes(expires, notBefore, issuedAt, options.ClockSkew, now) ?? FaultOfParties(claims, options) ?? "";
        if (fault.Length > 0)
        {
            return null;
        }

        if (!UserId.TryParse(Text(claims, "sub"), out var user))
        {
            fault = $"'sub' is no user id: 1 to {UserId.MaxLength} ASCII letters, digits and _ - . : / @ | + =";
            return null;
        }

        if (!CapabilityClaim.TryRead(claims, out var capabilities, out fault) || !TryInfo(claims, out var info, out fault))
        {
            return null;
        }

        return new Identity(user, IsAnonymous: false, issuedAt ?? DateTimeOffset.UnixEpoch, expires, capabilities, info);
    }

    private static string? FaultOfTimes(
        DateTimeOffset? expires, DateTimeOffset? notBefore, DateTimeOffset? issuedAt, TimeSpan skew, DateTimeOffset now)
    {
        if (expires is null)
        {
            return "the token has no 'exp'; a token without an end is not accepted";
        }

        if (now >= expires.Value + skew)
        {
            return $"the token expired at {expires:u}; the server's time is {now:u}";
        }

        if (notBefore is { } start && now < start - skew)
        {
            return $"the token is not valid before {start:u}; the server's time is {now:u}";
        }

        return issuedAt is { } issued && now < issued - skew
            ? $"the token says that it was issued at {issued:u}; the server's time is {now:u}"
            : null;
    }

    private static string? FaultOfParties(JsonElement claims, AuthenticationOptions options)
    {
        if (options.Issuer is { } issuer && Text(claims, "iss") != issuer)
        {
            return "the token's issuer ('iss') is not the one accepted here";
        }

        return options.Audience is { } audience && !IsFor(claims, audience)
            ? "the token is not for this audience ('aud')"
            : null;
    }

    private static bool IsFor(JsonElement claims, string audience)
    {
        if (!claims.TryGetProperty("aud", out var value))
        {
            return false;
        }

        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Any(entry => entry.ValueKind == JsonValueKind.String && entry.ValueEquals(audience))
            : value.ValueKind == JsonValueKind.String && value.ValueEquals(audience);
    }

    private static bool TryInfo(JsonElement claims, out Payload info, out string fault)
    {
        info = default;
        fault = "";
        if (!claims.TryGetProperty("info", out var value))
        {
            return true;
        }

        var json = System.Text.Encoding.UTF8.GetBytes(value.GetRawText());
        if (json.Length > Identity.MaxInfoBytes)
        {
            fault = $"'info' has {json.Length} bytes of JSON; {Identity.MaxInfoBytes} are the limit";
            return false;
        }

        info = Payload.Json(json);
        return true;
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Reads a NumericDate (RFC 7519, section 2), which may have a fraction, or its absence.</summary>
    private static bool TryTime(JsonElement claims, string name, out DateTimeOffset? time)
    {
        // Year 9000: beyond any honest date, and far enough from the type's end for a skew to be added.
        const double latest = 221_845_392_000;
        time = null;
        if (!claims.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= latest))
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
