using System.Net;
using System.Net.Sockets;

namespace OrleansRealtime.Edge.Limits;

/// <summary>Whom a limit or a cut-off is held against: an IP address, or a user. Immutable.</summary>
/// <param name="Value">The address or the user, as text.</param>
/// <param name="IsUser">Whether it is a user. Beside the text and not in it, so that a user needs no second string.</param>
internal readonly record struct OffenderKey(string Value, bool IsUser)
{
    /// <summary>
    /// The key of an address: an IPv4 address itself, also when mapped into IPv6; of IPv6 the /64, which one customer is
    /// commonly given whole, so that one machine cannot pass for many. A connection without an address (a pipe, a Unix
    /// socket) shares one key with its like.
    /// </summary>
    public static OffenderKey Of(IPAddress? address)
    {
        if (address is null)
        {
            return new OffenderKey("local", IsUser: false);
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return new OffenderKey(address.ToString(), IsUser: false);
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return new OffenderKey(Convert.ToHexStringLower(bytes[..8]) + "/64", IsUser: false);
    }

    /// <summary>The key of a user.</summary>
    public static OffenderKey Of(UserId user) => new(user.Value, IsUser: true);
}
