using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansRealtime.Runtime.Grains;
using OrleansRealtime.Samples.OrleansGame.Bot;

// A program outside the cluster: it knows the gateway of a silo, and from there every grain and every channel.
var builder = Host.CreateApplicationBuilder(args);
var gatewayPort = builder.Configuration.GetValue("GatewayPort", 30000);
builder.UseOrleansClient(client => client.UseLocalhostClustering(gatewayPort).AddRealtimeClient());
builder.Services.AddHostedService<Bot>();
builder.Build().Run();
