using System.Collections.Immutable;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Checks signed tokens (RFC 7519) against configured keys and those of a JWKS address.</summary>
internal sealed class JwtValidator : ITokenValidator
{
    private readonly AuthenticationOptions _options;
    private readonly ImmutableArray<SigningKey> _keys;
    private readonly JwksSource? _jwks;
    private readonly TimeProvider _clock;
    private readonly TokenCache _cache = new();

    /// <summary>A validator with these keys.</summary>
    /// <exception cref="InvalidOperationException">A configured key cannot be used; the message says which and why.</exception>
    public JwtValidator(AuthenticationOptions options, JwksSource? jwks, TimeProvider clock)
    {
        _options = options;
        _jwks = jwks;
        _clock = clock;
        _keys = [.. options.Keys.Select(static key =>
            SigningKeyReader.TryRead(key, out var mistake) ?? throw new InvalidOperationException(mistake))];
    }

    /// <inheritdoc/>
    public ValueTask<TokenOutcome> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > CompactToken.MaxLength || !System.Text.Ascii.IsValid(token))
        {
            return ValueTask.FromResult(Refused(
                $"the token is longer than {CompactToken.MaxLength} characters, or not ASCII"));
        }

        var now = _clock.GetUtcNow();
        var hash = TokenCache.TokenHash.Of(token);
        if (_cache.Find(hash, KeysVersion, now) is { } known)
        {
            return ValueTask.FromResult(new TokenOutcome(null, known));
        }

        return CompactToken.TryRead(token, out var fault) is { } parts
            ? CheckAsync(parts, hash, cancellationToken)
            : ValueTask.FromResult(Refused(fault));
    }

    private int KeysVersion => _jwks?.Keys.Version ?? 0;

    private async ValueTask<TokenOutcome> CheckAsync(
        CompactToken token, TokenCache.TokenHash hash, CancellationToken cancellationToken)
    {
        if (!IsKnown(token.KeyId) && _jwks is not null)
        {
            await _jwks.RefreshAsync(cancellationToken);
        }

        // Read before the keys are used: should they change meanwhile, the cache entry is of the past, not of the future.
        var keysVersion = KeysVersion;
        if (FaultOfSignature(token) is { } refusal)
        {
            return new TokenOutcome(refusal, null);
        }

        if (TokenClaims.TryRead(token.Claims, _options, _clock.GetUtcNow(), out var fault) is not { } identity)
        {
            return Refused(fault);
        }

        _cache.Add(hash, keysVersion, identity, identity.ExpiresAt!.Value + _options.ClockSkew);
        return new TokenOutcome(null, identity);
    }

    /// <summary>Whether there is a key to try: the one named, or any when none is named.</summary>
    private bool IsKnown(string? keyId) =>
        (keyId is null && KeysVersion > 0) || HasNamed(_keys, keyId) || (_jwks is not null && HasNamed(_jwks.Keys.Keys, keyId));

    private static bool HasNamed(ImmutableArray<SigningKey> keys, string? keyId)
    {
        foreach (var key in keys)
        {
            if (keyId is null || key.Id == keyId)
            {
                return true;
            }
        }

        return false;
    }

    private RealtimeError? FaultOfSignature(CompactToken token)
    {
        var tried = Try(_keys, token);
        if (_jwks is not null && tried != Trial.Good)
        {
            tried = (Trial)Math.Max((int)tried, (int)Try(_jwks.Keys.Keys, token));
        }

        return tried switch
        {
            Trial.Good => null,
            Trial.Wrong => Unauthenticated("the token's signature is wrong"),
            Trial.OtherAlgorithm => Unauthenticated("the token's algorithm is not the one that its key is for"),
            _ when _jwks is { Keys.Version: 0 } => new RealtimeError(
                RealtimeErrorCode.Unavailable, "the signing keys could not be read yet; try again", JwksSource.MinInterval),
            _ => Unauthenticated("the token's key ('kid') is not known here"),
        };
    }

    // Queries over the keys would be made anew for each token.
    private static Trial Try(ImmutableArray<SigningKey> keys, CompactToken token)
    {
        var best = Trial.NoKey;
        foreach (var key in keys)
        {
            if (token.KeyId is not null && key.Id != token.KeyId)
            {
                continue;
            }

            var trial = key.Algorithm != token.Algorithm ? Trial.OtherAlgorithm
                : key.Verify(token.Signed, token.Signature) ? Trial.Good
                : Trial.Wrong;
            if (trial == Trial.Good)
            {
                return trial;
            }

            best = trial > best ? trial : best;
        }

        return best;
    }

    private static TokenOutcome Refused(string detail) => new(Unauthenticated(detail), null);

    private static RealtimeError Unauthenticated(string detail) => new(RealtimeErrorCode.Unauthenticated, detail);

    /// <summary>How far the keys came with a token, from worst to best.</summary>
    private enum Trial
    {
        NoKey,
        OtherAlgorithm,
        Wrong,
        Good,
    }
}
