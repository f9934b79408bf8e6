using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Hosting;

/// <summary>One in-memory server for all tests of a class; each test uses channels and users of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private TestServer? _server;
    private int _names;

    internal TestServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public Uri Address => Server.Address;

    /// <summary>A name that no other test was given.</summary>
    public string Name(string prefix) => $"{prefix}{Interlocked.Increment(ref _names)}";

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(ServerSettings.InMemory);

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
