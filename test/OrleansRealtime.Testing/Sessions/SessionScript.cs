namespace OrleansRealtime.Testing.Sessions;

/// <summary>A recorded example session: who sends what, in which order. Immutable.</summary>
/// <remarks>
/// The format is described at the top of <c>Golden/Sessions/README.txt</c>. The files lie with the tests of the protocol,
/// PROTOCOL.md quotes them, and servers and SDKs are held against them.
/// </remarks>
/// <param name="Name">The name of its file, without the ending.</param>
/// <param name="Title">What it shows: the first comment.</param>
/// <param name="Steps">What happens.</param>
public sealed record SessionScript(string Name, string Title, IReadOnlyList<SessionStep> Steps)
{
    /// <summary>Where the recorded sessions lie.</summary>
    public static string Folder { get; } =
        RepositoryFiles.PathOf("test", "OrleansRealtime.Protocol.Tests", "Golden", "Sessions");

    /// <summary>The names of all recorded sessions.</summary>
    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.txt").Select(static path => Path.GetFileNameWithoutExtension(path))
            .Where(static name => name != "README").Order(StringComparer.Ordinal);

    /// <summary>Reads a recorded session.</summary>
    public static SessionScript Load(string name) =>
        SessionParser.Parse(name, File.ReadAllText(Path.Combine(Folder, name + ".txt")));
}
