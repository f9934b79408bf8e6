using System.Security.Cryptography;
using System.Text;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Samples.Notifications;

/// <summary>The key with which scripts may publish. Made up at the first start, and kept in a file that only its owner may read.</summary>
internal static class ApiKey
{
    private const string File = "api.key";

    /// <summary>What the application has to know of the key: its hash, and the name of who uses it.</summary>
    public static ApiKeyOptions Describe(string? configured)
    {
        var key = configured ?? ReadOrMake();
        return new ApiKeyOptions { Name = "shop", Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) };
    }

    private static string ReadOrMake()
    {
        if (!System.IO.File.Exists(File))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new StreamWriter(File, options);
            file.Write(RandomNumberGenerator.GetHexString(64, lowercase: true));
        }

        return System.IO.File.ReadAllText(File);
    }
}
