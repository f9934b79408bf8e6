using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Edge;
using OrleansRealtime.Runtime.Grains;
using OrleansRealtime.Samples;
using OrleansRealtime.Samples.OrleansGame;

var builder = WebApplication.CreateBuilder(args);
var siloPort = builder.Configuration.GetValue("SiloPort", 11111);
var gatewayPort = builder.Configuration.GetValue("GatewayPort", 30000);

builder.Host.UseOrleans(silo => silo
    .UseLocalhostClustering(siloPort, gatewayPort)
    .AddRealtime([
        // What everybody sees: the latest of each player and coin is kept, and only the game writes.
        new ChannelPolicy
        {
            Namespace = "arena",
            Compact = true,
            Presence = PresencePolicy.Members,
            Publishers = PublisherPolicy.Server,
            Limits = ChannelLimits.Default with { PublishesPerSecondPerSender = 0 },
        },

        // What players do: the arena of the same name listens.
        new ChannelPolicy { Namespace = "moves", Limits = new ChannelLimits(64, 20, 1000) },
    ])
    .AddChannelSubscriber<IArenaGrain>("moves"));
builder.Services.AddRealtimeEdge();
builder.Services.AddSingleton<ICallHandler, ArenaCalls>();
builder.Services.AddSignIn();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapHealthChecks("/health/ready");
app.MapSignIn();
app.MapRealtime();
app.Run();
