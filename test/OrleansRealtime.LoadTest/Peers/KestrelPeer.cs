using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansRealtime.LoadTest.Peers;

/// <summary>The framework's WebSockets with no protocol at all: a queue and a writer for each socket, one array for all.</summary>
internal static class KestrelPeer
{
    private static readonly ConcurrentDictionary<string, ConcurrentDictionary<WebSocket, Channel<byte[]>>> Rooms = new();

    public static Task RunAsync(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var application = builder.Build();
        application.UseWebSockets();
        application.Run(static async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                await context.Response.WriteAsync("up");
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var queue = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
            await Task.WhenAny(ReadAsync(socket, queue), WriteAsync(socket, queue));
        });
        return application.RunAsync();
    }

    private static async Task ReadAsync(WebSocket socket, Channel<byte[]> queue)
    {
        var buffer = new byte[64 * 1024];
        string? joined = null;
        try
        {
            while (true)
            {
                // Without a buffer, so that an idle socket owns none.
                if ((await socket.ReceiveAsync(Memory<byte>.Empty, default)).MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                var received = await socket.ReceiveAsync(buffer.AsMemory(), default);
                var message = Encoding.ASCII.GetString(buffer, 0, received.Count);
                if (message.StartsWith("S ", StringComparison.Ordinal))
                {
                    joined = message[2..];
                    Rooms.GetOrAdd(joined, static _ => new())[socket] = queue;
                    queue.Writer.TryWrite("joined"u8.ToArray());
                    continue;
                }

                var space = message.IndexOf(' ', 2);
                var data = Encoding.ASCII.GetBytes(message[(space + 1)..]);
                foreach (var (_, member) in Rooms.GetOrAdd(message[2..space], static _ => new()))
                {
                    member.Writer.TryWrite(data);
                }
            }
        }
        catch (WebSocketException)
        {
            // The peer is gone.
        }
        finally
        {
            if (joined is not null)
            {
                Rooms[joined].TryRemove(socket, out _);
            }
        }
    }

    private static async Task WriteAsync(WebSocket socket, Channel<byte[]> queue)
    {
        await foreach (var data in queue.Reader.ReadAllAsync())
        {
            await socket.SendAsync(data.AsMemory(), WebSocketMessageType.Text, true, default);
        }
    }
}
