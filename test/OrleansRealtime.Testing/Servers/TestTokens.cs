using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansRealtime.Testing.Servers;

/// <summary>Makes tokens, good ones and bad ones, by hand, so that they share nothing with the code that checks them.</summary>
public static class TestTokens
{
    /// <summary>The id of the key that test servers trust.</summary>
    public const string KeyId = "test";

    private static readonly byte[] SecretBytes = [.. Enumerable.Range(1, 48).Select(static value => (byte)(value * 5))];

    /// <summary>The secret of that key, as configuration states it.</summary>
    public static string Secret => Base64Url(SecretBytes);

    /// <summary>A good token of a user, valid for an hour.</summary>
    /// <param name="user">The subject.</param>
    /// <param name="claims">More claims, or others in place of the usual ones; null removes one.</param>
    public static string For(string user, params (string Name, JsonNode? Value)[] claims) =>
        Sign(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT", ["kid"] = KeyId }, ClaimsOf(user, claims), SecretBytes);

    /// <summary>A token that is valid from an hour ago until this time from now, which may be negative.</summary>
    public static string Expiring(string user, TimeSpan after) =>
        For(user, ("iat", Unix(TimeSpan.FromHours(-1))), ("exp", Unix(after)));

    /// <summary>A good token but for the key that signed it.</summary>
    public static string WronglySigned(string user) =>
        Sign(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT", ["kid"] = KeyId }, ClaimsOf(user), new byte[48]);

    /// <summary>A token with the header of its choice, signed with the trusted key whatever the header says.</summary>
    public static string WithHeader(string user, JsonObject header) => Sign(header, ClaimsOf(user), SecretBytes);

    /// <summary>An unsigned token (RFC 7519, section 6).</summary>
    public static string Unsigned(string user) =>
        $"{Base64Url("""{"alg":"none","typ":"JWT"}""")}.{Base64Url(ClaimsOf(user).ToJsonString())}.";

    /// <summary>A token of five parts, as encrypted ones have (RFC 7516, section 3.1).</summary>
    public static string Encrypted() =>
        $"{Base64Url("""{"alg":"dir","enc":"A256GCM","kid":"test"}""")}..{Base64Url("iv")}.{Base64Url("secret")}.{Base64Url("tag")}";

    private static JsonObject ClaimsOf(string user, params (string Name, JsonNode? Value)[] claims)
    {
        var all = new JsonObject
        {
            ["sub"] = user,
            ["iat"] = Unix(TimeSpan.Zero),
            ["exp"] = Unix(TimeSpan.FromHours(1)),
        };
        foreach (var (name, value) in claims)
        {
            all.Remove(name);
            if (value is not null)
            {
                all[name] = value;
            }
        }

        return all;
    }

    private static long Unix(TimeSpan fromNow) => DateTimeOffset.UtcNow.Add(fromNow).ToUnixTimeSeconds();

    private static string Sign(JsonObject header, JsonObject claims, byte[] secret)
    {
        var signed = $"{Base64Url(header.ToJsonString())}.{Base64Url(claims.ToJsonString())}";
        return $"{signed}.{Base64Url(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Base64Url(string text) => Base64Url(Encoding.UTF8.GetBytes(text));

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
