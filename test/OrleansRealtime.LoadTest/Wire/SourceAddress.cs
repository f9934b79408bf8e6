using System.Net;
using System.Net.Sockets;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>The address of this machine that a client comes from.</summary>
/// <remarks>
/// Linux gives a connection an even port first, so that one address has some 14,000 of them for one server. The fuller they are, the
/// longer it looks for a free one: 15,000 clients from one address spent more than a third of the load's time there, which no server
/// of clients with addresses of their own would ever see.
/// </remarks>
internal readonly struct SourceAddress(int client)
{
    private const int Addresses = 16;

    // Of <linux/in.h>: the port is chosen when the socket connects, not when it is bound, where it had to be free for all servers.
    private const int BindAddressNoPort = 24;

    private readonly int _last = 1 + (client % Addresses);

    /// <summary>Binds a socket that is about to connect.</summary>
    public void Bind(Socket socket)
    {
        ReadOnlySpan<byte> on = [1, 0, 0, 0];
        socket.SetRawSocketOption((int)SocketOptionLevel.IP, BindAddressNoPort, on);
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)_last]), 0));
    }
}
