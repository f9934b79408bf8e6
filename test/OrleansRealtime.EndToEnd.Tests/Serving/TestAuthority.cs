using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansRealtime.EndToEnd.Tests.Serving;

/// <summary>A private certificate authority, and certificates of it in PEM files: one for 127.0.0.1, and others when asked for.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("authority-");
    private readonly X509Certificate2 _root;
    private int _issued;

    public TestAuthority()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var start = DateTimeOffset.UtcNow.AddHours(-1);
        _root = rootRequest.CreateSelfSigned(start, start.AddDays(2));

        File.WriteAllText(AuthorityFile, _root.ExportCertificatePem());
        Issue("server");
    }

    /// <summary>The authority's own certificate.</summary>
    public string AuthorityFile => Path.Combine(_folder.FullName, "authority.pem");

    public string CertificateFile => Path.Combine(_folder.FullName, "server.pem");

    public string KeyFile => Path.Combine(_folder.FullName, "server.key");

    /// <summary>Makes a certificate for 127.0.0.1, valid for a day.</summary>
    /// <param name="name">What its files are called.</param>
    /// <param name="usages">What it may be used for; anything if none is given.</param>
    public (string CertificateFile, string KeyFile) Issue(string name, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (usages.Length > 0)
        {
            request.CertificateExtensions.Add(Usages(usages));
        }

        var start = DateTimeOffset.UtcNow.AddHours(-1);
        using var certificate = request.Create(_root, start, start.AddDays(1), [1, 2, 3, (byte)++_issued]);
        var files = (Path.Combine(_folder.FullName, name + ".pem"), Path.Combine(_folder.FullName, name + ".key"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>A client that trusts this authority and no other.</summary>
    public HttpMessageInvoker CreateClient() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { _root },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    });

    public void Dispose()
    {
        _root.Dispose();
        _folder.Delete(recursive: true);
    }

    private static X509EnhancedKeyUsageExtension Usages(string[] usages)
    {
        var all = new OidCollection();
        foreach (var usage in usages)
        {
            all.Add(new Oid(usage));
        }

        return new X509EnhancedKeyUsageExtension(all, critical: true);
    }
}
