using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Tests.Embedded;

/// <summary>The runtime as a server composes it, without a store.</summary>
public sealed class EmbeddedRealtimeTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly EdgeId East = new("east");
    private static readonly ChannelName Channel = ChannelName.Parse("memory:a");
    private static readonly PublishRequest Publish = new(Caller.Trusted("test"), Payload.Json("1"));

    private readonly ManualTimeProvider _time = new();
    private readonly LogGuard _logs = new();
    private readonly ServiceProvider _services;

    public EmbeddedRealtimeTests() => _services = Compose(static _ => { });

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _logs.Verify();
    }

    [Fact]
    public async Task Services_WithoutAStore_ServeMemoryChannelsAndUsers()
    {
        var inbox = new RecordingInbox();
        using var registration = _services.GetRequiredService<IEdgeDirectory>().Register(East, inbox);
        var channel = _services.GetRequiredService<IChannels>().Get(Channel);
        await channel.AttachAsync(new AttachRequest(East, 0, []), CancellationToken.None);

        var publish = channel.PublishAsync(Publish, CancellationToken.None).AsTask();

        // An idle channel is served on the caller's thread: all is done when the call returns.
        Assert.True(publish.IsCompletedSuccessfully);
        Assert.Single(inbox.Publications);
        var user = _services.GetRequiredService<IUsers>().Get(UserId.Parse("ann"));
        await user.BanAsync(new Ban(null, "", "op"), CancellationToken.None);
        Assert.NotNull((await user.DescribeAsync(CancellationToken.None)).Ban);
    }

    [Fact]
    public async Task HostedService_SweepsWhileItRuns_AndTakesAllDownWhenItStops()
    {
        var inbox = new RecordingInbox();
        using var registration = _services.GetRequiredService<IEdgeDirectory>().Register(East, inbox);
        var channel = _services.GetRequiredService<IChannels>().Get(Channel);
        var bob = new Member(UserId.Parse("bob"), Payload.Json("{}"));
        await channel.AttachAsync(new AttachRequest(East, 0, [bob]), CancellationToken.None);
        await channel.UpdateMembersAsync(new MembersUpdate(East, [], [bob.User]), CancellationToken.None);
        var sweep = _services.GetServices<IHostedService>().OfType<EmbeddedSweep>().Single();
        await sweep.StartAsync(CancellationToken.None);
        await _time.WhenArmed().WaitAsync(Patience);

        var left = inbox.When<PresenceMessage>(static message => message.Left.Length > 0);
        _time.Advance(ChannelPolicy.FlapGrace);
        await left.WaitAsync(Patience);

        await sweep.StopAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(0, _services.GetRequiredService<EmbeddedRuntime>().Actors);
        await Assert.ThrowsAsync<ActorUnavailableException>(
            () => channel.PublishAsync(Publish, CancellationToken.None).AsTask());
    }

    [Fact]
    public void Register_OfAnEdgeThatIsKnown_Throws()
    {
        var edges = _services.GetRequiredService<IEdgeDirectory>();
        var first = edges.Register(East, new RecordingInbox());

        Assert.Throws<InvalidOperationException>(() => edges.Register(East, new RecordingInbox()));

        first.Dispose();
        edges.Register(East, new RecordingInbox()).Dispose();
    }

    [Fact]
    public async Task Delivery_ToAnEdgeThatThrows_CostsNobodyElse()
    {
        _logs.Expect(2008);
        var inbox = new RecordingInbox();
        var edges = _services.GetRequiredService<IEdgeDirectory>();
        using var broken = edges.Register(new EdgeId("broken"), new BrokenInbox());
        using var sound = edges.Register(East, inbox);
        var channel = _services.GetRequiredService<IChannels>().Get(Channel);
        await channel.AttachAsync(new AttachRequest(new EdgeId("broken"), 0, []), CancellationToken.None);
        await channel.AttachAsync(new AttachRequest(East, 0, []), CancellationToken.None);

        Assert.Null((await channel.PublishAsync(Publish, CancellationToken.None)).Refusal);

        Assert.Single(inbox.Publications);
        Assert.Contains(_logs.Entries, static entry => entry.Event.Id == 2008);
    }

    [Fact]
    public async Task Metrics_CountActivationsAndTurns()
    {
        long active = 0;
        var turns = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            active += instrument.Name == "orleansrealtime.runtime.activations" ? value : 0);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => turns++);
        listener.Start();

        await _services.GetRequiredService<IChannels>().Get(Channel).PublishAsync(Publish, CancellationToken.None);
        Assert.Equal(1, active);
        Assert.InRange(turns, 1, int.MaxValue);

        await _services.GetRequiredService<EmbeddedRuntime>().StopAsync(CancellationToken.None);
        Assert.Equal(0, active);
    }

    [Theory]
    [InlineData("00:00:00.9", "00:00:01", "00:00:10")]
    [InlineData("00:05:00", "00:00:00.09", "00:00:10")]
    [InlineData("00:05:00", "00:00:01", "00:00:00.09")]
    public async Task Options_BelowTheirLimits_AreRejected(string idle, string sweep, string deactivation)
    {
        await using var services = Compose(options =>
        {
            options.IdleTimeout = TimeSpan.Parse(idle, System.Globalization.CultureInfo.InvariantCulture);
            options.SweepInterval = TimeSpan.Parse(sweep, System.Globalization.CultureInfo.InvariantCulture);
            options.DeactivationTimeout = TimeSpan.Parse(deactivation, System.Globalization.CultureInfo.InvariantCulture);
        });

        Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<IOptions<EmbeddedRuntimeOptions>>().Value);
    }

    private ServiceProvider Compose(Action<EmbeddedRuntimeOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IChannelPolicies>(new ContractPolicies());
        services.AddLogging(logging => logging.AddProvider(_logs));
        services.AddEmbeddedRealtime(configure);
        return services.BuildServiceProvider();
    }

    private sealed class BrokenInbox : IEdgeInbox
    {
        public void Receive(EdgeMessage message) => throw new InvalidOperationException("a bug");
    }
}
