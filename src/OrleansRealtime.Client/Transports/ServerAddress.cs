namespace OrleansRealtime.Client.Transports;

/// <summary>The addresses of a server's carriers, from the one that the application gave. Pure.</summary>
internal static class ServerAddress
{
    public static Uri WebSocket(Uri address) => Build(address, IsSecure(address) ? "wss" : "ws", "v1/ws");

    public static Uri Http(Uri address, string path) => Build(address, IsSecure(address) ? "https" : "http", "v1/" + path);

    private static bool IsSecure(Uri address) => address.Scheme is "https" or "wss";

    private static Uri Build(Uri address, string scheme, string path)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return new UriBuilder(address)
        {
            Scheme = scheme,
            Port = address.IsDefaultPort ? -1 : address.Port,
            Path = address.AbsolutePath.TrimEnd('/') + "/" + (query < 0 ? path : path[..query]),
            Query = query < 0 ? "" : path[query..],
        }.Uri;
    }
}
