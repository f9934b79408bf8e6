using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Tests.Authentication;

/// <summary>Makes tokens, good and bad, from header and claims as raw JSON.</summary>
internal static class TestTokens
{
    public const string KeyId = "main";

    public static byte[] HmacSecret { get; } = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    public static string HmacSecretText { get; } = Base64Url.EncodeToString(HmacSecret);

    public static AuthenticationOptions Options() => new()
    {
        Keys = { new SigningKeyOptions { Id = KeyId, Algorithm = "HS256", Secret = HmacSecretText } },
    };

    /// <summary>A token signed with the shared secret.</summary>
    public static string Hs256(string claims, string header = """{"alg":"HS256","typ":"JWT","kid":"main"}""") =>
        Sign(header, claims, static signed => HMACSHA256.HashData(HmacSecret, signed));

    public static string Rs256(RSA key, string claims, string kid) => Sign(
        $$"""{"alg":"RS256","kid":"{{kid}}"}""",
        claims,
        signed => key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(ECDsa key, string claims, string kid) => Sign(
        $$"""{"alg":"ES256","kid":"{{kid}}"}""",
        claims,
        signed => key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Part(header)}.{Part(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Claims of alice that end an hour after <paramref name="now"/>, with more members after them.</summary>
    public static string Claims(DateTimeOffset now, string more = "") =>
        $$"""{"sub":"alice","iat":{{now.ToUnixTimeSeconds()}},"exp":{{now.AddHours(1).ToUnixTimeSeconds()}}{{more}}}""";

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
