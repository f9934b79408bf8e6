using System.Net;
using System.Net.Sockets;

namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

/// <summary>Ports that nobody has at the moment.</summary>
internal static class FreePorts
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
