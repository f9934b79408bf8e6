namespace OrleansRealtime.Server.Metrics;

/// <summary>Who may read <c>/metrics</c>. Section <c>Realtime:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Whether <c>/metrics</c> is served. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) that may read it besides this machine itself. Default none.
    /// </summary>
    // Names of channels or users are not among the labels, but how much goes on here is nobody's business by default.
    public IList<string> AllowedNetworks { get; } = [];
}
