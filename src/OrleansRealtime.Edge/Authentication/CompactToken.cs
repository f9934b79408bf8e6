using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>A token taken apart (RFC 7515, section 7.1), with nothing believed yet. Immutable.</summary>
/// <param name="Algorithm">What its header says that it is signed with; one of <see cref="JwtAlgorithms"/>.</param>
/// <param name="KeyId">What its header says which key that was, or null.</param>
/// <param name="Signed">The bytes that the signature covers.</param>
/// <param name="Claims">The claims as JSON.</param>
/// <param name="Signature">The signature.</param>
internal sealed record CompactToken(string Algorithm, string? KeyId, byte[] Signed, byte[] Claims, byte[] Signature)
{
    /// <summary>How long a token may be, in characters: 8 KiB, what proxies let through in a header.</summary>
    public const int MaxLength = 8 * 1024;

    private const string NoToken = "the token is no JWT: three parts in base64url, joined by dots";

    private static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // Two members of one name can be read differently by issuer and server, so neither is believed.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    // Tokens of one issuer begin with the same header; the last that was found good is not read again.
    private static volatile Header? _lastHeader;

    /// <summary>Takes a token apart, or says why it is not looked at further.</summary>
    public static CompactToken? TryRead(string token, out string fault)
    {
        if (token.Length > MaxLength)
        {
            fault = $"the token has {token.Length} characters; {MaxLength} are the limit";
            return null;
        }

        var dots = token.AsSpan().Count('.');
        if (dots == 4)
        {
            fault = "encrypted tokens are not accepted; send a signed one";
            return null;
        }

        var (first, last) = (token.IndexOf('.', StringComparison.Ordinal), token.LastIndexOf('.'));
        if (dots != 2 || TryDecode(token.AsSpan(first + 1, last - first - 1)) is not { } claims
            || TryDecode(token.AsSpan(last + 1), mayBeEmpty: true) is not { } signature)
        {
            fault = NoToken;
            return null;
        }

        return TryFindHeader(token.AsSpan(0, first), out fault) is { } header
            ? new CompactToken(header.Algorithm, header.KeyId, Encoding.ASCII.GetBytes(token, 0, last), claims, signature)
            : null;
    }

    private static Header? TryFindHeader(ReadOnlySpan<char> part, out string fault)
    {
        fault = "";
        if (_lastHeader is { } last && part.SequenceEqual(last.Part))
        {
            return last;
        }

        if (TryDecode(part) is not { } json)
        {
            fault = NoToken;
            return null;
        }

        if (!TryReadHeader(json, out var algorithm, out var keyId, out fault))
        {
            return null;
        }

        return _lastHeader = new Header(part.ToString(), algorithm, keyId);
    }

    private static byte[]? TryDecode(ReadOnlySpan<char> part, bool mayBeEmpty = false)
    {
        if ((part.Length == 0 && !mayBeEmpty) || part.ContainsAnyExcept(Base64UrlCharacters) || part.Length % 4 == 1)
        {
            return null;
        }

        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool TryReadHeader(byte[] json, out string algorithm, out string? keyId, out string fault)
    {
        algorithm = "";
        keyId = null;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var header = document.RootElement;
            if (header.ValueKind != JsonValueKind.Object || !TryText(header, "alg", out var alg) || alg is null
                || !TryText(header, "kid", out keyId) || !TryText(header, "typ", out var type))
            {
                fault = "the token's header is no JSON object with the text 'alg'";
                return false;
            }

            algorithm = alg;
            fault = FaultOf(header, alg, type);
            return fault.Length == 0;
        }
        catch (JsonException)
        {
            fault = "the token's header is no JSON object, or names a member twice";
            return false;
        }
    }

    private static string FaultOf(JsonElement header, string algorithm, string? type)
    {
        if (!JwtAlgorithms.IsAllowed(algorithm))
        {
            return "the token's algorithm is none of HS256, RS256, ES256";
        }

        // RFC 7515, section 4.1.11: what is critical must be understood, and we understand no extension.
        if (header.TryGetProperty("crit", out _))
        {
            return "the token's header demands an extension ('crit'), and none is supported";
        }

        // RFC 8725, section 3.11: a token that its issuer made for something else (e.g. logout+jwt) is no access token.
        return type is null || type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
            || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase)
            ? ""
            : "the token's type ('typ') is neither JWT nor at+jwt";
    }

    /// <summary>Reads a member that is text or absent.</summary>
    private static bool TryText(JsonElement header, string name, out string? text)
    {
        text = null;
        if (!header.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        text = value.GetString();
        return true;
    }

    private sealed record Header(string Part, string Algorithm, string? KeyId);
}
