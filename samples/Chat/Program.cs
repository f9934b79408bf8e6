using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using OrleansRealtime;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Samples;
using OrleansRealtime.Samples.Chat;
using OrleansRealtime.Storage.AdoNet;

var builder = WebApplication.CreateBuilder(args);
var database = builder.Configuration.GetConnectionString("Chat") ?? "Data Source=chat.db";
var moderators = builder.Configuration.GetSection("Moderators").Get<string[]>()?.ToFrozenSet() ?? ["mod"];

// Messages are in SQLite before anybody sees them, so that a killed server takes none back.
SQLitePCL.Batteries_V2.Init();
builder.Services.AddAdoNetStorage(
    Dialect.Sqlite(static exception => ((SqliteException)exception).SqliteExtendedErrorCode),
    _ => SqliteFactory.Instance.CreateDataSource(database));

builder.Services.AddSingleton<IChannelPolicies>(new FixedPolicies(
    new PolicySurroundings(HasStore: true),
    new ChannelPolicy
    {
        Namespace = "chat",
        Durability = Durability.Durable,
        Replay = new ReplayPolicy(Count: 5000, Bytes: 4 * 1024 * 1024, Age: TimeSpan.FromDays(30)),
        Presence = PresencePolicy.Members,
        Limits = ChannelLimits.Default with { PublishesPerSecondPerSender = 10 },
    }));
builder.Services.AddSingleton<IChannelBehaviorFactory>(new Moderators(moderators));

builder.Services.AddEmbeddedRealtime();
builder.Services.AddRealtimeEdge();
builder.Services.AddSignIn();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapHealthChecks("/health/ready");
app.MapSignIn(request => moderators.Contains(request.User.Value) ? request with { InfoJson = """{"role":"moderator"}""" } : request);
app.MapRealtime();
app.Run();
