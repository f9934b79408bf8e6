using Microsoft.Data.Sqlite;
using OrleansRealtime;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Samples;
using OrleansRealtime.Samples.Game;
using OrleansRealtime.Storage.AdoNet;

var builder = WebApplication.CreateBuilder(args);
var database = builder.Configuration.GetConnectionString("Game") ?? "Data Source=game.db";

SQLitePCL.Batteries_V2.Init();
builder.Services.AddAdoNetStorage(
    Dialect.Sqlite(static exception => ((SqliteException)exception).SqliteExtendedErrorCode),
    _ => SqliteFactory.Instance.CreateDataSource(database));
builder.Services.AddSingleton<IChannelPolicies>(new FixedPolicies(
    new PolicySurroundings(HasStore: true),
    new ChannelPolicy
    {
        Namespace = "game",
        Durability = Durability.Durable,
        Compact = true,
        Presence = PresencePolicy.Members,
    }));
builder.Services.AddSingleton<IChannelBehaviorFactory, GameRulesFactory>();
builder.Services.AddEmbeddedRealtime();
builder.Services.AddRealtimeEdge();
builder.Services.AddSignIn();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapSignIn();
app.MapHealthChecks("/health/ready");
app.MapRealtime();
app.Run();
