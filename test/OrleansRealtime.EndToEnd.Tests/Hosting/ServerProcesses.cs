namespace OrleansRealtime.EndToEnd.Tests.Hosting;

/// <summary>The tests that start the server as a process of its own; they run one after the other and alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ServerProcesses
{
    public const string Name = "server processes";
}
