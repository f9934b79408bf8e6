using Microsoft.Data.Sqlite;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Samples;
using OrleansRealtime.Samples.Notifications;
using OrleansRealtime.Storage.AdoNet;

var builder = WebApplication.CreateBuilder(args);
var database = builder.Configuration.GetConnectionString("Notifications") ?? "Data Source=notifications.db";
var key = ApiKey.Describe(builder.Configuration["ApiKey"]);

SQLitePCL.Batteries_V2.Init();
builder.Services.AddAdoNetStorage(
    Dialect.Sqlite(static exception => ((SqliteException)exception).SqliteExtendedErrorCode),
    _ => SqliteFactory.Instance.CreateDataSource(database));

// Every user has a channel, '@' and the name: servers write to it, and nobody else may read it.
var surroundings = new PolicySurroundings(HasStore: true);
builder.Services.AddSingleton<IChannelPolicies>(new FixedPolicies(
    surroundings,
    FixedPolicies.OfUserChannels(surroundings) with { Replay = ReplayPolicy.Default with { Age = TimeSpan.FromDays(30) } }));
builder.Services.Configure<List<ApiKeyOptions>>(keys => keys.Add(key));
builder.Services.AddEmbeddedRealtime();
builder.Services.AddRealtimeEdge();
builder.Services.AddSignIn();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapHealthChecks("/health/ready");
app.MapSignIn();
app.MapRealtime();
app.Run();
