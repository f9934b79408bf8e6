using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.Runtimes.Silos;

/// <summary>TLS on every connection of the silo, with a certificate on both sides.</summary>
internal static class SiloTls
{
    /// <summary>Configures the silo, if a certificate is configured.</summary>
    /// <exception cref="InvalidOperationException">The certificate is not good any more; the configuration is checked before.</exception>
    public static void Use(ISiloBuilder silo, SiloTlsOptions options)
    {
        var certificates = SiloCertificates.Read(options, TimeProvider.System, out var mistake);
        if (mistake is { } found)
        {
            throw new InvalidOperationException($"Realtime:Cluster:Tls:{found.Key}: {found.Message}");
        }

        if (certificates is null)
        {
            return;
        }

        silo.UseTls(certificates.Own, tls =>
        {
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.RemoteCertificateValidation = (other, chain, _) => certificates.Accepts(other, SentWith(chain));
        });
    }

    private static X509Certificate2Collection SentWith(X509Chain? chain) => chain?.ChainPolicy.ExtraStore ?? [];
}
