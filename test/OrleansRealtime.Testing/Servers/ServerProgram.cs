using System.Collections.Immutable;

namespace OrleansRealtime.Testing.Servers;

/// <summary>A built program that serves HTTP and answers at <c>/health/ready</c>. Immutable.</summary>
/// <param name="Path">Its main assembly.</param>
/// <param name="WorkingDirectory">Where it runs.</param>
/// <param name="Arguments">What it is given beside its address.</param>
public sealed record ServerProgram(string Path, string WorkingDirectory, ImmutableArray<string> Arguments)
{
    /// <summary>The server of this repository.</summary>
    public static ServerProgram Server =>
        new(ServerBinary.Path, System.IO.Path.GetDirectoryName(ServerBinary.Path)!, ["serve"]);

    /// <summary>The sample in a folder of <c>samples</c>, run as <c>dotnet run</c> does.</summary>
    public static ServerProgram Sample(string name)
    {
        var folder = System.IO.Path.Combine(ServerBinary.RepositoryRoot, "samples", name);
        return new(ServerBinary.Find(folder, "OrleansRealtime.Samples." + name), folder, []);
    }
}
