using OrleansRealtime;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Samples.Dashboard;

var builder = WebApplication.CreateBuilder(args);

// Anyone may look, only the server publishes, and of each sensor the latest reading is kept for those who come later.
builder.Services.AddSingleton<IChannelPolicies>(new FixedPolicies(
    new PolicySurroundings(HasStore: false),
    new ChannelPolicy
    {
        Namespace = "hall",
        Access = ChannelAccess.Public,
        Publishers = PublisherPolicy.Server,
        Compact = true,
        SlowReader = SlowReaderPolicy.Latest,
        Limits = ChannelLimits.Default with { PublishesPerSecond = 0, PublishesPerSecondPerSender = 0 },
    }));
builder.Services.Configure<AuthenticationOptions>(static options => options.AllowAnonymous = true);
builder.Services.AddEmbeddedRealtime();
builder.Services.AddRealtimeEdge();

builder.Services.AddSingleton<Hall>();
builder.Services.AddHostedService(static provider => provider.GetRequiredService<Hall>());
builder.Services.AddSingleton<ICallHandler, HallCalls>();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapHealthChecks("/health/ready");
app.MapRealtime();
app.Run();
