using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.Limits;

/// <summary>Decides at the door, before any upgrade, whether a connection comes in. Safe for concurrent use.</summary>
/// <remarks>
/// What concerns the node is refused with 503, what concerns the address with 429, each with a <c>Retry-After</c> that is spread
/// so that those refused together do not come back together. How many connections a user has is the user actor's business.
/// </remarks>
internal sealed class Admission
{
    // Where handshakes are refused for their rate, come back within this time; a storm is over after a few such waves.
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(5);

    private readonly LimitOptions _limits;
    private readonly TimeProvider _clock;
    private readonly OffenderTable _offenders;
    private readonly Func<double> _random;
    private readonly Lock _lock = new();
    private readonly AddressTable _addresses;
    private readonly BucketRate _handshakeRate;
    private TokenBucket _handshakes;
    private int _connections;
    private TimeSpan? _drainWindow;

    /// <summary>An empty node.</summary>
    /// <param name="limits">What is allowed.</param>
    /// <param name="offenders">Who is cut off.</param>
    /// <param name="clock">The time.</param>
    /// <param name="random">Numbers from 0 to 1, for the spread.</param>
    public Admission(LimitOptions limits, OffenderTable offenders, TimeProvider clock, Func<double> random)
    {
        _limits = limits;
        _offenders = offenders;
        _clock = clock;
        _random = random;
        _addresses = new AddressTable(limits.HandshakesPerSecondPerIp);
        _handshakeRate = new BucketRate(limits.HandshakesPerSecond, limits.HandshakesPerSecond);
        _handshakes = new TokenBucket(_handshakeRate, Uptime.Of(clock));
    }

    /// <summary>How many connections hold a lease.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Whether new connections are refused because this node goes down.</summary>
    public bool IsDraining => _drainWindow is not null;

    /// <summary>From now on refuses all, and tells them to come back spread over <paramref name="window"/>.</summary>
    public void Drain(TimeSpan window)
    {
        lock (_lock)
        {
            _drainWindow = window;
        }
    }

    /// <summary>Admits a connection from <paramref name="address"/>, or says why not.</summary>
    public AdmissionOutcome Admit(IPAddress? address)
    {
        var key = OffenderKey.Of(address);
        if (_offenders.IsCutOff(key, out var remaining))
        {
            return Refused(Busy($"this address is cut off for repeated abuse, for {remaining.TotalSeconds:0} s more", remaining));
        }

        lock (_lock)
        {
            return DecideLocked(key, Uptime.Of(_clock)) is { } refusal
                ? Refused(refusal)
                : new AdmissionOutcome(null, new Lease(this, key));
        }
    }

    private HttpRefusal? DecideLocked(OffenderKey key, TimeSpan now)
    {
        if (_drainWindow is { } window)
        {
            return Overloaded("this node is going down", TimeSpan.Zero, window);
        }

        if (_limits.Connections > 0 && _connections >= _limits.Connections)
        {
            return Overloaded($"this node holds {_connections} connections, its limit", Spread, Spread);
        }

        if (!_handshakes.TryTake(_handshakeRate, 1, now, out var wait))
        {
            return Overloaded($"more than {_limits.HandshakesPerSecond} handshakes per second", wait, Spread);
        }

        if (!_addresses.TryTakeHandshake(key, now, out wait))
        {
            return Busy($"more than {_limits.HandshakesPerSecondPerIp} handshakes per second from this address", wait);
        }

        if (!_addresses.TryAddConnection(key, _limits.ConnectionsPerIp, now))
        {
            return Busy($"this address has {_limits.ConnectionsPerIp} connections, its limit", Spread);
        }

        _connections++;
        return null;
    }

    private static AdmissionOutcome Refused(HttpRefusal refusal) => new(refusal, null);

    private HttpRefusal Overloaded(string detail, TimeSpan atLeast, TimeSpan spread) =>
        new(StatusCodes.Status503ServiceUnavailable,
            new RealtimeError(RealtimeErrorCode.Unavailable, detail, atLeast + (spread * _random())));

    private HttpRefusal Busy(string detail, TimeSpan atLeast) =>
        new(StatusCodes.Status429TooManyRequests,
            new RealtimeError(RealtimeErrorCode.RateLimited, detail, atLeast + (Spread * _random())));

    private void Release(OffenderKey key)
    {
        lock (_lock)
        {
            _connections--;
            _addresses.RemoveConnection(key);
        }
    }

    /// <summary>A place on the node that a connection has until it disposes of it.</summary>
    internal sealed class Lease(Admission owner, OffenderKey key) : IDisposable
    {
        private int _disposed;

        /// <summary>The address that the place counts for.</summary>
        public OffenderKey Address => key;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                owner.Release(key);
            }
        }
    }
}
