using System.Security.Cryptography;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>A key that can tell whether a signature is its own. Bound to one algorithm. Safe for concurrent use.</summary>
/// <remarks>
/// One type per algorithm is what rules out algorithm confusion: a public key has no way to be used as an HMAC secret.
/// </remarks>
internal abstract class SigningKey(string id, string algorithm)
{
    /// <summary>The key id (<c>kid</c>); empty when it has none.</summary>
    public string Id { get; } = id;

    /// <summary>The one algorithm (RFC 7518, section 3.1) that it is used with.</summary>
    public string Algorithm { get; } = algorithm;

    /// <summary>Whether <paramref name="signature"/> over <paramref name="signed"/> was made with this key.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature);
}

/// <summary>HS256: HMAC with SHA-256.</summary>
internal sealed class HmacSigningKey : SigningKey
{
    /// <summary>RFC 7518, section 3.2: a key is at least as long as the hash.</summary>
    public const int MinSecretBytes = 32;

    private readonly byte[] _secret;

    public HmacSigningKey(string id, byte[] secret)
        : base(id, JwtAlgorithms.Hs256) => _secret = secret;

    public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, signed, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}

/// <summary>RS256: RSASSA-PKCS1-v1_5 with SHA-256.</summary>
internal sealed class RsaSigningKey : SigningKey
{
    /// <summary>RFC 7518, section 3.3.</summary>
    public const int MinBits = 2048;

    // Beyond this a verification costs so much that tokens become a way to keep the server busy.
    public const int MaxBits = 8192;

    // The runtime promises nothing about concurrent use of one instance; a verification takes some 30 µs.
    private readonly Lock _lock = new();
    private readonly RSA _key;

    public RsaSigningKey(string id, RSA key)
        : base(id, JwtAlgorithms.Rs256) => _key = key;

    public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        lock (_lock)
        {
            return _key.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }
}

/// <summary>ES256: ECDSA with P-256 and SHA-256.</summary>
internal sealed class EcdsaSigningKey : SigningKey
{
    private readonly Lock _lock = new();
    private readonly ECDsa _key;

    public EcdsaSigningKey(string id, ECDsa key)
        : base(id, JwtAlgorithms.Es256) => _key = key;

    public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        lock (_lock)
        {
            // RFC 7518, section 3.4: the signature is R and S side by side, not DER.
            return _key.VerifyData(
                signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }
}
