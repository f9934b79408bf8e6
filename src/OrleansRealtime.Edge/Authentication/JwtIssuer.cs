using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Makes tokens with a configured HS256 key, for development and for servers that issue their own. Safe for concurrent use.</summary>
public sealed class JwtIssuer
{
    private readonly string _keyId;
    private readonly byte[] _secret;
    private readonly string? _issuer;
    private readonly string? _audience;
    private readonly TimeProvider _clock;

    /// <summary>An issuer that signs with the first HS256 key of <paramref name="options"/>, as its issuer and audience.</summary>
    /// <exception cref="InvalidOperationException">There is no usable HS256 key.</exception>
    public JwtIssuer(AuthenticationOptions options, TimeProvider clock)
    {
        var key = options.Keys.FirstOrDefault(static key => key.Algorithm == JwtAlgorithms.Hs256);
        _secret = SigningKeyReader.TryReadSecret(key?.Secret)
            ?? throw new InvalidOperationException(
                "Tokens can be made only with an HS256 key of at least 32 bytes in Realtime:Authentication:Keys.");
        _keyId = key!.Id;
        _issuer = options.Issuer;
        _audience = options.Audience;
        _clock = clock;
    }

    /// <summary>Makes a token.</summary>
    /// <exception cref="ArgumentException">The request breaks one of its limits.</exception>
    public string Issue(TokenRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Lifetime, TimeSpan.Zero);
        if (request.Capabilities.Keys.FirstOrDefault(static pattern => !CapabilityClaim.IsPattern(pattern)) is { } wrong)
        {
            throw new ArgumentException($"'{wrong}' is no channel name, nor a prefix and '*'.", nameof(request));
        }

        var signed = $"{Part(WriteHeader)}.{Part(json => WriteClaims(json, request))}";
        var signature = HMACSHA256.HashData(_secret, Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    private void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteString("alg", JwtAlgorithms.Hs256);
        json.WriteString("typ", "JWT");
        if (_keyId.Length > 0)
        {
            json.WriteString("kid", _keyId);
        }
    }

    private void WriteClaims(Utf8JsonWriter json, TokenRequest request)
    {
        var now = _clock.GetUtcNow();
        json.WriteString("sub", request.User.Value);
        json.WriteNumber("iat", now.ToUnixTimeSeconds());
        json.WriteNumber("exp", (now + request.Lifetime).ToUnixTimeSeconds());
        WriteIfAny(json, "iss", _issuer);
        WriteIfAny(json, "aud", _audience);
        if (!request.Capabilities.IsEmpty)
        {
            json.WriteStartObject(CapabilityClaim.Name);
            foreach (var (pattern, rights) in request.Capabilities)
            {
                json.WriteStartArray(pattern);
                foreach (var name in ChannelRightNames.Of(rights))
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        if (request.InfoJson is { } info)
        {
            json.WritePropertyName("info");
            json.WriteRawValue(info);
        }
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
