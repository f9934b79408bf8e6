using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>The keys with which servers use the HTTP API; only their hashes are known. Safe for concurrent use.</summary>
internal sealed class ApiKeys
{
    /// <summary>How long a key may be, in characters: 256.</summary>
    public const int MaxLength = 256;

    private readonly ImmutableArray<(string Name, byte[] Hash)> _keys;

    /// <summary>The configured keys.</summary>
    /// <exception cref="InvalidOperationException">A hash is no SHA-256 in hex.</exception>
    public ApiKeys(IEnumerable<ApiKeyOptions> keys) => _keys = [.. keys.Select(Read)];

    /// <summary>Whose key this is.</summary>
    public bool TryFind(string key, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (key.Length is 0 or > MaxLength)
        {
            return false;
        }

        // All are compared, each in constant time, so that how long it takes says nothing about which one came close.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        foreach (var (candidate, expected) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, expected))
            {
                name = candidate;
            }
        }

        return name is not null;
    }

    private static (string Name, byte[] Hash) Read(ApiKeyOptions key)
    {
        try
        {
            var hash = Convert.FromHexString(key.Sha256);
            if (hash.Length == SHA256.HashSizeInBytes)
            {
                return (key.Name, hash);
            }
        }
        catch (FormatException)
        {
            // Falls through to the same message as a hash of the wrong length.
        }

        throw new InvalidOperationException($"API key '{key.Name}': Sha256 is not 64 hex digits.");
    }
}
