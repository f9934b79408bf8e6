using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Sockets;

namespace OrleansRealtime.Edge;

/// <summary>What an edge is made of.</summary>
internal sealed record EdgeNodeServices
{
    /// <summary>All channels of the system.</summary>
    public required IChannels Channels { get; init; }

    /// <summary>All users of the system.</summary>
    public required IUsers Users { get; init; }

    /// <summary>The policies in force.</summary>
    public required IChannelPolicies Policies { get; init; }

    /// <summary>Where the edge makes itself known.</summary>
    public required IEdgeDirectory Directory { get; init; }

    /// <summary>Who checks tokens.</summary>
    public required ITokenValidator Tokens { get; init; }

    /// <summary>How connections are treated.</summary>
    public required IOptions<EdgeOptions> Options { get; init; }

    /// <summary>What is admitted at most.</summary>
    public required IOptions<LimitOptions> Limits { get; init; }

    /// <summary>How the node goes down.</summary>
    public required IOptions<DrainOptions> Drain { get; init; }

    /// <summary>How tokens are checked.</summary>
    public required IOptions<AuthenticationOptions> Authentication { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What is counted.</summary>
    public required EdgeMetrics Metrics { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }

    /// <summary>The event loops that the shards run in, or null for the pool.</summary>
    public SocketEngine? Sockets { get; init; }

    /// <summary>The application's word on rights, or null.</summary>
    public IChannelAuthorizer? Authorizer { get; init; }

    /// <summary>The application's answers to calls, or null.</summary>
    public ICallHandler? Calls { get; init; }
}
