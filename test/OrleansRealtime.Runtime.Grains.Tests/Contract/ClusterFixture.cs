using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;
using Orleans.TestingHost;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Stores;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Delivery;
using OrleansRealtime.Runtime.Grains.Subscribers;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Grains.Tests.Contract;

/// <summary>An Orleans cluster in this process, on stores in memory; the time of our own code and its sweeps are the test's.</summary>
internal sealed class ClusterFixture : RuntimeFixture
{
    private const string MemoryStreams = "memory";
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly short _silos;
    private readonly bool _withClient;
    private readonly Action<ISiloBuilder>? _application;
    private readonly LogGuard _logs = new();
    private readonly IGrantStore _grants = new MemoryGrantStore();
    private readonly SiloNetwork _network = new();
    private InProcessTestCluster _cluster = null!;

    /// <summary>Creates the cluster, which <see cref="StartAsync"/> brings up.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="withClient">Whether there is an Orleans client outside the cluster.</param>
    /// <param name="application">What an application adds to each silo.</param>
    public ClusterFixture(short silos, bool withClient = false, Action<ISiloBuilder>? application = null)
    {
        _application = application;
        _silos = silos;
        _withClient = withClient;
        Log = new MemoryChannelLog(Time);
    }

    /// <summary>The roles of the first silos; all others are both.</summary>
    public IReadOnlyList<SiloRole> Roles { get; init; } = [];

    /// <summary>Whether Orleans' memory streams carry the inboxes, as the provider of an application may.</summary>
    public bool UsesMemoryStreams { get; init; }

    public override IChannelLog Log { get; }

    public override IUserStore UserStore { get; } = new MemoryUserStore();

    // Edges are where callers are not, so that in a cluster both calls and deliveries cross silos.
    public override IEdgeDirectory Edges => Silo(0).GetRequiredService<IEdgeDirectory>();

    public override IChannels Channels => Silo(^1).GetRequiredService<IChannels>();

    public override IUsers Users => Silo(^1).GetRequiredService<IUsers>();

    public override async Task StartAsync()
    {
        _cluster = Build();
        await _cluster.DeployAsync();
        await WhenAllKnowAllAsync();
    }

    public override async Task RestartAsync(bool isOrderly)
    {
        await StopAsync(isOrderly);
        await StartAsync();
    }

    public override async Task AdvanceAsync(TimeSpan by)
    {
        var end = Time.Now + by;
        while (Time.Now < end)
        {
            Time.Advance(end - Time.Now < SweepInterval ? end - Time.Now : SweepInterval);
            await Task.WhenAll(All<ActorSweep>().Select(sweep => sweep.RunAsync(Time.Now)));
            await Task.WhenAll(All<SubscriberEdge>().Select(static edge => edge.SweepAsync()));
            foreach (var wakes in All<SubscriberWakes>())
            {
                wakes.Sweep();
            }

            await Task.WhenAll(All<EdgeRouter>().Select(static router => router.WhenIdle()));
        }
    }

    /// <summary>The silos that run; calls come from the last, edges are in the first.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    /// <summary>A client outside the cluster, if it was asked for.</summary>
    public IClusterClient Client => _cluster.Client;

    /// <summary>Starts one more silo.</summary>
    public async Task<InProcessSiloHandle> AddSiloAsync()
    {
        var silo = await _cluster.StartAdditionalSiloAsync();
        await WhenAllKnowAllAsync();
        return silo;
    }

    /// <summary>Stops a silo as an operator does.</summary>
    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    /// <summary>
    /// Cuts a silo off from all others and from the table of members, for good: to them it is dead without a word. It goes on by
    /// itself, as a process does whose network is gone.
    /// </summary>
    public void CutOff(InProcessSiloHandle silo) => _network.CutOff(silo.Name);

    /// <summary>Where a test's own parts log.</summary>
    public ILogger LogOf(string part) => _logs.CreateLogger(part);

    /// <summary>Ends a silo without letting it finish, as far as that goes within one process.</summary>
    public Task KillAsync(InProcessSiloHandle silo) => _cluster.KillSiloAsync(silo);

    public override async ValueTask DisposeAsync()
    {
        await StopAsync(isOrderly: true);
        _logs.Verify();
    }

    private async Task StopAsync(bool isOrderly)
    {
        // One that was cut off must read that it is dead, or it would try to say goodbye for a minute.
        var cutOff = _cluster.Silos.Where(silo => _network.IsCutOff(silo.Name)).ToList();
        _network.Mend();
        await Task.WhenAll(cutOff.Select(_cluster.KillSiloAsync));
        if (isOrderly)
        {
            await _cluster.StopAllSilosAsync();
        }
        else
        {
            await Task.WhenAll(_cluster.Silos.Select(_cluster.KillSiloAsync));
        }

        await _cluster.DisposeAsync();
    }

    /// <summary>Completes when every silo knows what each of the others can host; before that it places nothing there.</summary>
    private async Task WhenAllKnowAllAsync()
    {
        var silos = _cluster.Silos.Select(static silo => silo.SiloAddress).ToList();
        foreach (var manifests in All<IClusterManifestProvider>())
        {
            await foreach (var manifest in manifests.Updates)
            {
                if (silos.All(manifest.Silos.ContainsKey))
                {
                    break;
                }
            }
        }
    }

    private IEnumerable<T> All<T>()
        where T : notnull => _cluster.Silos.Select(static silo => silo.ServiceProvider.GetRequiredService<T>());

    private IServiceProvider Silo(Index index) => _cluster.Silos[index].ServiceProvider;

    private InProcessTestCluster Build()
    {
        var builder = new InProcessTestClusterBuilder(_silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = _withClient;
        builder.ConfigureClient(static client => client.AddRealtimeClient());
        builder.ConfigureSilo((options, silo) => Compose(silo, options.SiloName));
        builder.ConfigureSiloHost((options, host) => host.ConfigureContainer(
            new DefaultServiceProviderFactory(), services => _network.Hide(options.SiloName, services)));
        return builder.Build();
    }

    // Silos are named Silo_0, Silo_1 and so on.
    private SiloRole RoleOf(string silo) =>
        Roles.ElementAtOrDefault(int.Parse(silo.AsSpan(silo.IndexOf('_') + 1), CultureInfo.InvariantCulture));

    private void Compose(ISiloBuilder silo, string name)
    {
        silo.Configure<SiloConnectionOptions>(options => _network.Watch(name, options));
        silo.Services.AddKeyedSingleton<TimeProvider>(RealtimeTime.Key, Time);
        silo.Services.AddSingleton<IChannelPolicies>(new ContractPolicies());
        silo.Services.AddSingleton<IChannelLog>(new FaultyChannelLog(Log, method => OnLogCall(method)));
        silo.Services.AddSingleton(_grants);
        silo.Services.AddSingleton(UserStore);
        silo.Services.AddLogging(logging => logging
            .AddProvider(_logs)
            .AddFilter<LogGuard>("Orleans.", LogLevel.None)
            .AddFilter<LogGuard>("Microsoft.Extensions.Logging.ILogger", LogLevel.None)
            .AddFilter<LogGuard>("OrleansRealtime", LogLevel.Debug));

        // A killed silo is noticed within seconds.
        silo.Configure<ClusterMembershipOptions>(static options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 2;
            options.NumVotesForDeathDeclaration = 1;
        });
        silo.AddRealtime(options =>
        {
            options.IdleTimeout = IdleTimeout;
            options.Role = RoleOf(name);
            options.StreamProvider = UsesMemoryStreams ? MemoryStreams : RealtimeSiloOptions.OwnStreamProvider;
        });
        if (UsesMemoryStreams)
        {
            silo.AddMemoryStreams(MemoryStreams, static streams =>
            {
                streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
                streams.ConfigurePullingAgent(static agent =>
                    agent.Configure(static options => options.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(10)));
            });
        }

        _application?.Invoke(silo);

        // The test sweeps, and waits until that is done.
        var sweeps = silo.Services.Single(static service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(SweepService));
        silo.Services.Remove(sweeps);
    }
}
