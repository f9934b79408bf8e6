using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Tests.Embedded;

/// <summary>The embedded runtime, composed as a server composes it; time and sweeps are the test's.</summary>
internal abstract class EmbeddedFixture : RuntimeFixture
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly List<ServiceProvider> _abandoned = [];
    private LogGuard _logs = new();
    private ServiceProvider _services = null!;

    public abstract IGrantStore GrantStore { get; }

    public override IChannels Channels => _services.GetRequiredService<IChannels>();

    public override IUsers Users => _services.GetRequiredService<IUsers>();

    public override IEdgeDirectory Edges => _services.GetRequiredService<IEdgeDirectory>();

    public override async Task StartAsync()
    {
        await StartStoreAsync();
        _services = Compose();
    }

    public override async Task RestartAsync(bool isOrderly)
    {
        if (isOrderly)
        {
            await _services.GetRequiredService<EmbeddedRuntime>().StopAsync(CancellationToken.None);
        }

        // What is left of a process that is gone may still run here, against a store that is closed; it can say nothing wrong.
        _logs.Verify();
        _logs = new LogGuard();
        _abandoned.Add(_services);
        await RestartStoreAsync();
        _services = Compose();
    }

    public override async Task AdvanceAsync(TimeSpan by)
    {
        var end = Time.Now + by;
        while (Time.Now < end)
        {
            Time.Advance(end - Time.Now < SweepInterval ? end - Time.Now : SweepInterval);
            await _services.GetRequiredService<EmbeddedRuntime>().SweepAsync();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.GetRequiredService<EmbeddedRuntime>().StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        foreach (var services in _abandoned)
        {
            await services.DisposeAsync();
        }

        await StopStoreAsync();
        _logs.Verify();
    }

    protected abstract Task StartStoreAsync();

    protected abstract Task RestartStoreAsync();

    protected abstract Task StopStoreAsync();

    private ServiceProvider Compose()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IChannelPolicies>(new ContractPolicies());
        services.AddSingleton<IChannelLog>(new FaultyChannelLog(Log, method => OnLogCall(method)));
        services.AddSingleton(GrantStore);
        services.AddSingleton(UserStore);
        services.AddLogging(logging => logging.AddProvider(_logs));
        services.AddEmbeddedRealtime(static options => options.IdleTimeout = IdleTimeout);
        return services.BuildServiceProvider();
    }
}
