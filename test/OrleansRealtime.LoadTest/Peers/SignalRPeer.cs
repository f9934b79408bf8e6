using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansRealtime.LoadTest.Peers;

/// <summary>SignalR as its documentation begins: a hub with groups, JSON.</summary>
internal static class SignalRPeer
{
    public static Task RunAsync(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSignalR();
        var application = builder.Build();
        application.MapHub<RoomHub>("/hub");
        application.MapGet("/", () => "up");
        return application.RunAsync();
    }

    private sealed class RoomHub : Hub
    {
        public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

        public Task Publish(string room, JsonElement data) => Clients.Group(room).SendAsync("p", data);
    }
}
