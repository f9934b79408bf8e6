using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>
/// Kestrel's transport: what listens on IP without TLS is served by a <see cref="DirectListener"/>, everything else by Kestrel's own.
/// </summary>
internal sealed class DirectListenerFactory(
    SocketEngine engine,
    DirectHandshake handshake,
    KestrelEndpoints endpoints,
    IOptions<SocketTransportOptions> options,
    ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // As many as the system lets wait by default (net.core.somaxconn): a storm is accepted, not answered with silence.
    private const int Backlog = 4096;

    private readonly SocketTransportFactory _sockets = new(options, loggers);

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (!endpoints.IsPlainHttp((IPEndPoint)endpoint))
        {
            return _sockets.BindAsync(endpoint, cancellationToken);
        }

        var socket = Bind(endpoint);
        socket.NoDelay = options.Value.NoDelay;
        socket.Listen(Backlog);
        socket.Blocking = false;
        var contexts = new SocketConnectionContextFactory(
            ConnectionOptions(options.Value), loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
        return ValueTask.FromResult<IConnectionListener>(new DirectListener(engine, handshake, socket, contexts));
    }

    // What the application says of Kestrel's connections holds for those that are handed over.
    private static SocketConnectionFactoryOptions ConnectionOptions(SocketTransportOptions stated) =>
        new()
        {
            IOQueueCount = stated.IOQueueCount,
            WaitForDataBeforeAllocatingBuffer = stated.WaitForDataBeforeAllocatingBuffer,
            MaxReadBufferSize = stated.MaxReadBufferSize,
            MaxWriteBufferSize = stated.MaxWriteBufferSize,
            UnsafePreferInlineScheduling = stated.UnsafePreferInlineScheduling,
        };

    private Socket Bind(EndPoint endpoint)
    {
        try
        {
            return options.Value.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // What Kestrel expects of a transport, to say which address it is.
            throw new AddressInUseException(exception.Message, exception);
        }
    }
}

/// <summary>What Kestrel was told to listen on, as far as it was told before it started.</summary>
internal sealed class KestrelEndpoints : IConfigureOptions<KestrelServerOptions>
{
    private readonly List<ListenOptions> _known = [];

    /// <inheritdoc/>
    public void Configure(KestrelServerOptions options) => options.ConfigureEndpointDefaults(_known.Add);

    /// <summary>
    /// Whether everything that was stated for the port speaks HTTP/1.1 without TLS. An address of which nothing is known is
    /// not believed to.
    /// </summary>
    public bool IsPlainHttp(IPEndPoint endpoint)
    {
        var stated = _known.FindAll(listen => listen.EndPoint is IPEndPoint known && known.Port == endpoint.Port);
        return stated.Count > 0 && stated.TrueForAll(static listen =>
            listen.Protocols.HasFlag(HttpProtocols.Http1)
            && listen.ToString()!.StartsWith("http://", StringComparison.Ordinal));
    }
}
