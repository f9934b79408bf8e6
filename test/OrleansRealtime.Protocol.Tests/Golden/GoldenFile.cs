using System.Globalization;
using System.Text;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Protocol.Tests.Golden;

/// <summary>One golden message: a JSON file, or a Protobuf one in hex under a comment line.</summary>
/// <remarks>
/// With <see cref="WriteVariable"/> set to 1 the tests write the files instead of comparing them, for a reader to judge the
/// difference. The files are shared with the other SDKs.
/// </remarks>
internal static class GoldenFile
{
    private const string WriteVariable = "ORLEANSREALTIME_WRITE_GOLDEN";
    private const int BytesPerLine = 32;

    public static string Folder { get; } =
        RepositoryFiles.PathOf("test", "OrleansRealtime.Protocol.Tests", "Golden");

    public static bool IsWriting => Environment.GetEnvironmentVariable(WriteVariable) == "1";

    /// <summary>The bytes of the file for this encoding; first written, when that was asked for.</summary>
    public static byte[] Read(string kind, string name, IFrameCodec codec, byte[] actual)
    {
        var path = PathOf(kind, name, codec);
        if (IsWriting)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, codec.IsBinary ? ToHex(kind, name, actual) : Encoding.UTF8.GetString(actual) + "\n");
        }

        var text = File.ReadAllText(path);
        return codec.IsBinary ? FromHex(text) : Encoding.UTF8.GetBytes(text.TrimEnd('\n'));
    }

    /// <summary>The names of the files of a kind for this encoding.</summary>
    public static IEnumerable<string> Names(string kind, IFrameCodec codec) =>
        Directory.EnumerateFiles(Path.Combine(Folder, kind), "*" + Suffix(codec))
            .Select(path => Path.GetFileName(path)[..^Suffix(codec).Length]);

    private static string PathOf(string kind, string name, IFrameCodec codec) =>
        Path.Combine(Folder, kind, name + Suffix(codec));

    private static string Suffix(IFrameCodec codec) => codec.IsBinary ? ".pb.hex" : ".json";

    private static string ToHex(string kind, string name, byte[] bytes)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {kind}/{name}.json as a {(kind == "Commands" ? "Command" : "Frame")} of realtime.v1.proto\n");
        foreach (var line in bytes.Chunk(BytesPerLine))
        {
            text.Append(Convert.ToHexStringLower(line)).Append('\n');
        }

        return text.ToString();
    }

    private static byte[] FromHex(string text) =>
        Convert.FromHexString(string.Concat(text.Split('\n').Where(static line => !line.StartsWith('#'))));
}
