using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>What WebSockets are read from and written to.</summary>
public enum Carrier
{
    /// <summary>The stream that Kestrel upgraded.</summary>
    Kestrel,

    /// <summary>Their sockets, in event loops.</summary>
    Sockets,
}

/// <summary>Tests that must pass whatever carries the WebSockets.</summary>
public abstract class CarrierTests(Carrier carrier)
{
    private protected Task<EdgeServer> StartAsync(
        Action<IServiceCollection>? configure = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2) =>
        EdgeServer.StartAsync(configure, protocols, carrier);
}
