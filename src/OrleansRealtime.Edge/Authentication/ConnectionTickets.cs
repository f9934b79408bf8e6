using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>
/// Issues and redeems connection tickets: what an <c>EventSource</c>, which can send no header, puts into its address. Safe for
/// concurrent use.
/// </summary>
/// <remarks>
/// A ticket is the sealed identity of who asked for it, good for <see cref="Lifetime"/> and once on each node (decision 0014).
/// </remarks>
internal sealed class ConnectionTickets
{
    /// <summary>How long a ticket lives: 30 s.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>How long a ticket may be, in characters: 4 KiB, half of what Kestrel takes as a request line.</summary>
    public const int MaxLength = 4 * 1024;

    /// <summary>How many redeemed tickets are remembered, until they expire: 100,000.</summary>
    public const int MaxRedeemed = 100_000;

    private const byte FormatVersion = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Overhead = 1 + NonceBytes + TagBytes;

    private readonly byte[] _key;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly HashSet<UInt128> _redeemed = [];
    private readonly Queue<(DateTimeOffset Until, UInt128 Nonce)> _redeemedByEnd = new();

    /// <summary>Tickets sealed with what the configuration gives all nodes, or else with a key of this process.</summary>
    /// <exception cref="InvalidOperationException">The configured ticket secret cannot be used.</exception>
    public ConnectionTickets(AuthenticationOptions options, TimeProvider clock)
    {
        _clock = clock;
        _key = ReadKey(options);
    }

    /// <summary>Makes a ticket; null when the identity says too much for one (many capabilities).</summary>
    public string? TryIssue(Identity identity)
    {
        var statement = TicketStatement.Write(identity, _clock.GetUtcNow() + Lifetime);
        var sealedBytes = new byte[Overhead + statement.Length];
        sealedBytes[0] = FormatVersion;
        var nonce = sealedBytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(
            nonce, statement, sealedBytes.AsSpan(Overhead), sealedBytes.AsSpan(1 + NonceBytes, TagBytes), sealedBytes.AsSpan(0, 1));
        var ticket = Base64Url.EncodeToString(sealedBytes);
        return ticket.Length <= MaxLength ? ticket : null;
    }

    /// <summary>Uses a ticket up.</summary>
    public TokenOutcome Redeem(string ticket)
    {
        if (TryOpen(ticket) is not { } opened || TicketStatement.TryRead(opened.Statement) is not { } statement)
        {
            return Refused("the ticket is none of this server's; ask for a new one");
        }

        var now = _clock.GetUtcNow();
        if (now >= statement.Until || now >= statement.Identity.ExpiresAt)
        {
            return Refused($"the ticket expired; it lives {Lifetime.TotalSeconds:0} s");
        }

        lock (_lock)
        {
            while (_redeemedByEnd.TryPeek(out var oldest) && oldest.Until <= now)
            {
                _redeemed.Remove(_redeemedByEnd.Dequeue().Nonce);
            }

            if (_redeemed.Contains(opened.Nonce))
            {
                return Refused("the ticket was used before; ask for a new one");
            }

            // One that is forgotten could be used again, so when there is no room for it, it is not taken.
            if (_redeemed.Count >= MaxRedeemed)
            {
                return new TokenOutcome(
                    new RealtimeError(RealtimeErrorCode.Unavailable, "too many tickets are being used; try again", Lifetime), null);
            }

            _redeemed.Add(opened.Nonce);
            _redeemedByEnd.Enqueue((now + Lifetime, opened.Nonce));
        }

        return new TokenOutcome(null, statement.Identity);
    }

    private (UInt128 Nonce, byte[] Statement)? TryOpen(string ticket)
    {
        if (ticket.Length > MaxLength || !Base64Url.IsValid(ticket))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(ticket);
        if (bytes.Length <= Overhead || bytes[0] != FormatVersion)
        {
            return null;
        }

        try
        {
            var statement = new byte[bytes.Length - Overhead];
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(
                bytes.AsSpan(1, NonceBytes), bytes.AsSpan(Overhead), bytes.AsSpan(1 + NonceBytes, TagBytes), statement,
                bytes.AsSpan(0, 1));
            Span<byte> nonce = stackalloc byte[16];
            bytes.AsSpan(1, NonceBytes).CopyTo(nonce);
            return (System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(nonce), statement);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] ReadKey(AuthenticationOptions options)
    {
        var shared = options.TicketSecret ?? options.Keys.FirstOrDefault(static key => key.Secret is not null)?.Secret;
        if (shared is null)
        {
            return RandomNumberGenerator.GetBytes(32);
        }

        var secret = SigningKeyReader.TryReadSecret(shared)
            ?? throw new InvalidOperationException("Realtime:Authentication:TicketSecret is not 32 bytes or more in base64url.");

        // The label keeps this key apart from the one that signs tokens, though both come from the same secret.
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.ASCII.GetBytes("orleansrealtime ticket 1"));
    }

    private static TokenOutcome Refused(string detail) =>
        new(new RealtimeError(RealtimeErrorCode.Unauthenticated, detail), null);
}
