using System.Security.Cryptography;
using System.Text;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.Development;

/// <summary>The keys that a server in Development makes up when none are configured, so that it can be tried at once. Immutable.</summary>
/// <param name="SigningSecret">Signs tokens: 32 bytes in base64url.</param>
/// <param name="ApiKey">Opens the HTTP API.</param>
/// <param name="File">Where both are kept, so that tokens stay good when the server restarts.</param>
internal sealed record DevelopmentKeys(string SigningSecret, string ApiKey, string File)
{
    /// <summary>The file with both keys, relative to the working folder.</summary>
    public const string DefaultFile = "data/development.keys";

    /// <summary>The keys in <paramref name="file"/>, which is written with new ones if it is not there.</summary>
    public static DevelopmentKeys LoadOrCreate(string file)
    {
        if (System.IO.File.Exists(file) && System.IO.File.ReadAllLines(file) is [var signing, var api, ..])
        {
            return new DevelopmentKeys(signing, api, file);
        }

        var made = new DevelopmentKeys(NewKey(), "dev-" + NewKey(), file);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        using var stream = new FileStream(file, OwnerOnly());
        stream.Write(Encoding.UTF8.GetBytes($"{made.SigningSecret}\n{made.ApiKey}\n"));
        return made;
    }

    /// <summary>Puts the keys where the configuration has none. Returns whether it used any.</summary>
    public bool AddTo(RealtimeOptions options)
    {
        var used = false;
        if (options.Authentication.Keys.Count == 0 && options.Authentication.JwksUri is null)
        {
            options.Authentication.Keys.Add(new SigningKeyOptions { Id = "development", Algorithm = "HS256", Secret = SigningSecret });
            used = true;
        }

        if (options.ApiKeys.Count == 0)
        {
            var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(ApiKey)));
            options.ApiKeys.Add(new ApiKeyOptions { Name = "development", Sha256 = hash });
            used = true;
        }

        return used;
    }

    /// <inheritdoc/>
    public override string ToString() => File;

    private static string NewKey() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static FileStreamOptions OwnerOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
