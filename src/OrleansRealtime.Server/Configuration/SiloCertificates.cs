using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansRealtime.Server.Configuration;

/// <summary>This node's certificate, and what those of others are measured by. Immutable; the certificates live as long as the process.</summary>
/// <param name="Own">With its private key.</param>
/// <param name="Authorities">Whom the certificates of others must come from; empty when they must be this node's own.</param>
internal sealed record SiloCertificates(X509Certificate2 Own, X509Certificate2Collection Authorities)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Reads the files.</summary>
    /// <param name="options">Which files.</param>
    /// <param name="time">Tells whether the certificate is valid now.</param>
    /// <param name="mistake">What is wrong with them, by configuration key below <c>Tls</c>; null when nothing is.</param>
    /// <returns>Null when no TLS is configured, or with a mistake.</returns>
    public static SiloCertificates? Read(SiloTlsOptions options, TimeProvider time, out (string Key, string Message)? mistake)
    {
        mistake = null;
        if (string.IsNullOrWhiteSpace(options.Certificate))
        {
            mistake = (options.Key ?? options.Authority) is null && options.Password is null
                ? null
                : ("Certificate", "there is no certificate, so that nothing else of TLS has a meaning: name its file, or leave the rest out.");
            return null;
        }

        foreach (var (key, path) in new[] { ("Certificate", options.Certificate), ("Key", options.Key), ("Authority", options.Authority) })
        {
            if (path is not null && !File.Exists(path))
            {
                mistake = (key, $"there is no file '{path}'.");
                return null;
            }
        }

        var own = ReadOwn(options, time, out mistake);
        var authorities = own is null ? null : ReadAuthorities(options.Authority, out mistake);
        return own is null || authorities is null ? null : new SiloCertificates(own, authorities);
    }

    /// <summary>Whether a certificate that another node shows makes it one of us.</summary>
    /// <param name="other">The certificate.</param>
    /// <param name="sent">What came with it, which may lead to an authority.</param>
    public bool Accepts(X509Certificate2 other, X509Certificate2Collection sent)
    {
        if (Authorities.Count == 0)
        {
            return other.RawDataMemory.Span.SequenceEqual(Own.RawDataMemory.Span);
        }

        // Names say nothing here: nodes know each other by address, and addresses come and go.
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(other);
    }

    private static X509Certificate2? ReadOwn(SiloTlsOptions options, TimeProvider time, out (string Key, string Message)? mistake)
    {
        try
        {
            var own = Load(options.Certificate!, options.Key, options.Password?.Reveal());
            mistake = FaultOf(own, time.GetLocalNow().DateTime) is { } fault ? ("Certificate", fault) : null;
            return mistake is null ? own : null;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            mistake = ("Certificate", $"'{options.Certificate}' and its private key cannot be read: {exception.Message}");
            return null;
        }
    }

    private static X509Certificate2 Load(string certificate, string? key, string? password)
    {
        if (Path.GetExtension(certificate).ToLowerInvariant() is ".pfx" or ".p12")
        {
            return X509CertificateLoader.LoadPkcs12FromFile(certificate, password);
        }

        using var pem = password is null
            ? X509Certificate2.CreateFromPemFile(certificate, key)
            : X509Certificate2.CreateFromEncryptedPemFile(certificate, password, key);

        // Some platforms cannot use a key that was never in a PKCS#12 container.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static string? FaultOf(X509Certificate2 own, DateTime now)
    {
        if (!own.HasPrivateKey)
        {
            return "has no private key, which this node needs to prove that it is its own.";
        }

        if (own.NotAfter <= now || own.NotBefore > now)
        {
            return $"is valid from {own.NotBefore:u} to {own.NotAfter:u}, and that is not now.";
        }

        var usages = own.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(
            static extension => extension.EnhancedKeyUsages.Cast<Oid>().Select(static oid => oid.Value)).ToList();
        return usages.Count == 0 || (usages.Contains(ServerAuthentication) && usages.Contains(ClientAuthentication))
            ? null
            : "must be good for server and for client authentication: nodes call each other both ways.";
    }

    private static X509Certificate2Collection? ReadAuthorities(string? path, out (string Key, string Message)? mistake)
    {
        var authorities = new X509Certificate2Collection();
        mistake = null;
        try
        {
            if (path is not null)
            {
                authorities.ImportFromPemFile(path);
                mistake = authorities.Count == 0 ? ("Authority", $"'{path}' has no certificate in PEM.") : null;
            }
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            mistake = ("Authority", $"'{path}' cannot be read: {exception.Message}");
        }

        return mistake is null ? authorities : null;
    }
}
