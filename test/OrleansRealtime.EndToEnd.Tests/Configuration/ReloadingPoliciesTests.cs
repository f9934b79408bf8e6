using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Policies;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Configuration;

public class ReloadingPoliciesTests
{
    [Fact]
    public async Task Reload_BrokenFile_KeepsThePoliciesAndSaysWhere()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "appsettings.json");
        await File.WriteAllTextAsync(file, """{ "Realtime": { "Namespaces": { "game": { } } } }""");
        var configuration = new ConfigurationBuilder().AddJsonFile(file).Build();
        var read = ServerConfiguration.Read(configuration, needsKeys: false);
        using var logs = new LogGuard();
        using var policies = new ReloadingPolicies(
            read.Policies, read.Options, configuration, new Logger<ReloadingPolicies>(logs));

        await File.WriteAllTextAsync(file, """{ "Realtime": { "Namespaces": { "game": { } """);
        Assert.Throws<InvalidDataException>(configuration.Reload);

        Assert.Contains(file, (await logs.WhenLogged(5003).WaitAsync(TimeSpan.FromSeconds(5))).Message, StringComparison.Ordinal);
        Assert.True(policies.TryFind(ChannelName.Parse("game:7"), out _));
    }
}
