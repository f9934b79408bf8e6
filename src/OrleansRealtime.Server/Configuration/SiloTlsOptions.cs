using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Server.Configuration;

/// <summary>TLS between nodes, and for Orleans clients: both sides show a certificate. Section <c>Realtime:Cluster:Tls</c>.</summary>
internal sealed class SiloTlsOptions
{
    /// <summary>The file of this node's certificate, PEM or PKCS#12 (<c>.pfx</c>, <c>.p12</c>). Default null: no TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>The file of its private key in PEM. Default null: it is in the file of the certificate.</summary>
    public string? Key { get; set; }

    /// <summary>What the private key, or the PKCS#12 file, is encrypted with. Default null: nothing.</summary>
    public Secret? Password { get; set; }

    /// <summary>
    /// The file of the authorities, in PEM, that the certificates of other nodes must come from. Default null: all nodes have the
    /// same certificate.
    /// </summary>
    // Not the machine's authorities: they vouch for names, and whoever has a certificate for any name would be a node.
    public string? Authority { get; set; }
}
