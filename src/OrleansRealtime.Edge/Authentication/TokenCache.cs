using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Tokens that were found good, by their hash, so that a reconnect storm verifies each once. Safe for concurrent use.</summary>
/// <remarks>
/// Two generations: what is used moves to the young one; when that is full, the old one is dropped. So it holds at most
/// <see cref="Capacity"/> and forgets roughly what was used least recently. The tokens themselves are not kept.
/// </remarks>
internal sealed class TokenCache
{
    /// <summary>How many tokens are remembered at most: 20,000.</summary>
    public const int Capacity = 20_000;

    private volatile Generation _young = new();
    private volatile Generation _old = new();

    /// <summary>The identity of a token that was found good under this version of the keys and has not expired.</summary>
    public Identity? Find(TokenHash hash, int keysVersion, DateTimeOffset now)
    {
        if (!_young.Entries.TryGetValue(hash, out var entry))
        {
            if (!_old.Entries.TryGetValue(hash, out entry))
            {
                return null;
            }

            Add(hash, entry);
        }

        return entry.KeysVersion == keysVersion && now < entry.Until ? entry.Identity : null;
    }

    /// <summary>Remembers a good token until <paramref name="until"/>.</summary>
    public void Add(TokenHash hash, int keysVersion, Identity identity, DateTimeOffset until) =>
        Add(hash, new Entry(identity, keysVersion, until));

    private void Add(TokenHash hash, Entry entry)
    {
        var young = _young;
        young.Entries[hash] = entry;

        // One of them is the one that fills it, so that it gets old once. Who is added twice counts twice, which is rare.
        if (Interlocked.Increment(ref young.Added) == Capacity / 2)
        {
            _old = young;
            _young = new Generation();
        }
    }

    // Counted here: the dictionary's own count takes all of its locks, of which a large one has a thousand.
    private sealed class Generation
    {
        public readonly ConcurrentDictionary<TokenHash, Entry> Entries = new();

        public int Added;
    }

    private readonly record struct Entry(Identity Identity, int KeysVersion, DateTimeOffset Until);

    /// <summary>SHA-256 of a token.</summary>
    internal readonly record struct TokenHash(UInt128 High, UInt128 Low)
    {
        /// <summary>Hashes a token.</summary>
        public static TokenHash Of(string token)
        {
            Span<byte> text = stackalloc byte[CompactToken.MaxLength];
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            var length = Encoding.UTF8.TryGetBytes(token, text, out var written) ? written : 0;
            SHA256.HashData(text[..length], hash);
            return new TokenHash(
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash),
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
