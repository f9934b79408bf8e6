using Microsoft.Data.Sqlite;
using OrleansRealtime;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Samples;
using OrleansRealtime.Samples.Editor;
using OrleansRealtime.Storage.AdoNet;

var builder = WebApplication.CreateBuilder(args);
var database = builder.Configuration.GetConnectionString("Editor") ?? "Data Source=editor.db";

// How many publications a document's log keeps. The pages read it from the answer to subscribe, and make 20 snapshots in that time.
var keptCount = builder.Configuration.GetValue("KeptCount", 1000);
const int MessageBytes = 1024 * 1024;

SQLitePCL.Batteries_V2.Init();
builder.Services.AddAdoNetStorage(
    Dialect.Sqlite(static exception => ((SqliteException)exception).SqliteExtendedErrorCode),
    _ => SqliteFactory.Instance.CreateDataSource(database));
builder.Services.AddSingleton<IChannelPolicies>(new FixedPolicies(
    new PolicySurroundings(HasStore: true, MaxClientMessageBytes: 2 * MessageBytes),
    new ChannelPolicy
    {
        Namespace = "doc",
        Durability = Durability.Durable,

        // Only newer edits end older ones: a document that nobody opens for years is still there.
        Replay = new ReplayPolicy(keptCount, 256L * 1024 * 1024, TimeSpan.FromDays(3650)),
        Limits = ChannelLimits.Default with { MessageBytes = MessageBytes },
    }));
builder.Services.AddSingleton<IChannelBehaviorFactory>(new DocumentRulesFactory(keptCount));
builder.Services.AddEmbeddedRealtime();
builder.Services.AddRealtimeEdge();
builder.Services.Configure<EdgeOptions>(static options => options.MaxMessageBytes = 2 * MessageBytes);
builder.Services.AddSignIn();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapSignIn();
app.MapHealthChecks("/health/ready");
app.MapRealtime();
app.Run();
