using System.Buffers.Text;
using System.Security.Cryptography;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Makes keys of the configuration's texts.</summary>
internal static class SigningKeyReader
{
    /// <summary>Reads a key, or says what is wrong with it without showing it.</summary>
    public static SigningKey? TryRead(SigningKeyOptions options, out string mistake)
    {
        mistake = "";
        SigningKey? key = options.Algorithm switch
        {
            JwtAlgorithms.Hs256 => ReadHmac(options, ref mistake),
            JwtAlgorithms.Rs256 => ReadRsa(options, ref mistake),
            JwtAlgorithms.Es256 => ReadEcdsa(options, ref mistake),
            _ => null,
        };

        if (key is null && mistake.Length == 0)
        {
            mistake = $"algorithm '{options.Algorithm}' is none of HS256, RS256, ES256";
        }

        if (key is null)
        {
            mistake = $"Authentication key '{options.Id}': {mistake}.";
        }

        return key;
    }

    /// <summary>Reads at least 32 bytes of base64url.</summary>
    public static byte[]? TryReadSecret(Secret? secret)
    {
        try
        {
            var bytes = secret is null ? [] : Base64Url.DecodeFromChars(secret.Reveal());
            return bytes.Length >= HmacSigningKey.MinSecretBytes ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Takes the key into service when it is of a size that is safe and affordable.</summary>
    public static RsaSigningKey? OfRsa(string id, RSA rsa) =>
        rsa.KeySize is >= RsaSigningKey.MinBits and <= RsaSigningKey.MaxBits ? new RsaSigningKey(id, rsa) : null;

    private static HmacSigningKey? ReadHmac(SigningKeyOptions options, ref string mistake)
    {
        if (TryReadSecret(options.Secret) is { } secret)
        {
            return new HmacSigningKey(options.Id, secret);
        }

        mistake = "HS256 needs a Secret of at least 32 bytes in base64url, e.g. from: openssl rand 32 | basenc --base64url";
        return null;
    }

    private static RsaSigningKey? ReadRsa(SigningKeyOptions options, ref string mistake)
    {
        var rsa = RSA.Create();
        if (TryImport(rsa, options.PublicKey, ref mistake))
        {
            if (OfRsa(options.Id, rsa) is { } key)
            {
                return key;
            }

            mistake = $"an RSA key has {RsaSigningKey.MinBits} to {RsaSigningKey.MaxBits} bits, this one {rsa.KeySize}";
        }

        rsa.Dispose();
        return null;
    }

    private static EcdsaSigningKey? ReadEcdsa(SigningKeyOptions options, ref string mistake)
    {
        var ecdsa = ECDsa.Create();
        if (TryImport(ecdsa, options.PublicKey, ref mistake))
        {
            if (ecdsa.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                return new EcdsaSigningKey(options.Id, ecdsa);
            }

            mistake = "ES256 needs a key on the curve P-256";
        }

        ecdsa.Dispose();
        return null;
    }

    private static bool TryImport(AsymmetricAlgorithm algorithm, string? pem, ref string mistake)
    {
        if (pem is null || pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            mistake = "it needs a PublicKey in PEM; a private key does not belong on this server";
            return false;
        }

        try
        {
            algorithm.ImportFromPem(pem);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            mistake = "its PublicKey is no public key of that algorithm in PEM";
            return false;
        }
    }
}
