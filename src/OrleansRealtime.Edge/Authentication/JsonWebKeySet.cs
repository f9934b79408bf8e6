using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Reads a JSON Web Key Set (RFC 7517). Keys that cannot verify RS256 or ES256 are passed over.</summary>
internal static class JsonWebKeySet
{
    /// <summary>How many keys a set is believed to have: 100. Further ones are passed over.</summary>
    public const int MaxKeys = 100;

    /// <summary>Reads a set.</summary>
    /// <exception cref="JsonException">The text is no key set.</exception>
    public static ImmutableArray<SigningKey> Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out var keys)
            || keys.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("A key set is an object with an array 'keys' (RFC 7517, section 5).");
        }

        return [.. keys.EnumerateArray().Take(MaxKeys).Select(TryReadKey).OfType<SigningKey>()];
    }

    private static SigningKey? TryReadKey(JsonElement key)
    {
        // A symmetric key (kty "oct") in a set that anyone can read would be no secret, so it is never taken from one.
        if (key.ValueKind != JsonValueKind.Object || Text(key, "use") is not (null or "sig"))
        {
            return null;
        }

        try
        {
            return (Text(key, "kty"), Text(key, "alg")) switch
            {
                ("RSA", null or JwtAlgorithms.Rs256) => ReadRsa(key),
                ("EC", null or JwtAlgorithms.Es256) => ReadEcdsa(key),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            // One broken key must not take the good ones of the set with it.
            return null;
        }
    }

    private static RsaSigningKey? ReadRsa(JsonElement key)
    {
        if (Bytes(key, "n") is not { } modulus || Bytes(key, "e") is not { } exponent)
        {
            return null;
        }

        var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return SigningKeyReader.OfRsa(Text(key, "kid") ?? "", rsa);
    }

    private static EcdsaSigningKey? ReadEcdsa(JsonElement key)
    {
        if (Text(key, "crv") != "P-256" || Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
        return new EcdsaSigningKey(Text(key, "kid") ?? "", ECDsa.Create(parameters));
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement key, string name) =>
        Text(key, name) is { } text ? Base64Url.DecodeFromChars(text) : null;
}
