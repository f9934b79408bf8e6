using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>A Kestrel that accepts handshakes and sends every data message back.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoServer(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    public static async Task<EchoServer> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
        });
        var app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new EchoServer(app, new Uri(address).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static async Task ServeAsync(HttpContext context)
    {
        var outcome = WebSocketHandshake.Read(context, isCompressionOn: false);
        if (outcome.Refusal is { } refusal)
        {
            await WebSocketHandshake.RefuseAsync(context, refusal);
            return;
        }

        var offer = outcome.Offer!;
        var stream = await WebSocketHandshake.AcceptAsync(context, offer);
        var isBinary = offer.Encoding == ProtocolVersion.ProtobufSubprotocol;
        using var reader = new WebSocketMessageReader(WebSocketMessageReader.CreateInput(stream), isBinary, 1_000_000);
        var isOpen = true;
        while (isOpen)
        {
            isOpen = await AnswerAsync(stream, await reader.ReadAsync(context.RequestAborted));
        }
    }

    private static async Task<bool> AnswerAsync(Stream stream, WebSocketMessage message)
    {
        var header = new byte[WebSocketFrameWriter.MaxControlFrameLength];
        switch (message.Kind)
        {
            case WebSocketMessageKind.Text or WebSocketMessageKind.Binary:
                var opcode = message.Kind == WebSocketMessageKind.Text ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
                var length = WebSocketFrameWriter.WriteHeader(header, opcode, message.Payload.Length);
                await stream.WriteAsync(header.AsMemory(0, length));
                foreach (var segment in message.Payload)
                {
                    await stream.WriteAsync(segment);
                }

                await stream.FlushAsync();
                return true;
            case WebSocketMessageKind.Ended:
                return false;
            default:
                await stream.WriteAsync(header.AsMemory(0, WebSocketFrameWriter.WriteClose(header, message.Reason!)));
                await stream.FlushAsync();
                return false;
        }
    }
}
