using System.Text.Json;
using Microsoft.Playwright;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.EndToEnd.Tests.Sdks;
using OrleansRealtime.Testing.Browsers;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Serving;

/// <summary>Compressed messages between the server and the WebSockets of others: a browser's, and the package ws in Node.js.</summary>
public sealed class CompressionTests
{
    // Subscribes, publishes 20,000 characters, and tells what came and what was negotiated. "socket" is open when it begins.
    private const string Exchange = """
        async socket => {
          const text = Array.from({ length: 2000 }, (_, i) => `row ${i % 97} €\n`).join("").slice(0, 20000);
          const next = type => new Promise((resolve, reject) => {
            const listen = event => {
              const frame = JSON.parse(event.data);
              if (frame.type === type) { socket.removeEventListener("message", listen); resolve(frame); }
            };
            socket.addEventListener("message", listen);
            socket.addEventListener("close", event => reject(new Error(`closed with ${event.code}`)));
          });
          if (socket.readyState === 0) await new Promise(resolve => socket.addEventListener("open", resolve));
          const subscribed = next("ack");
          socket.send(JSON.stringify({ type: "subscribe", id: "s", channel: "chat:room" }));
          await subscribed;
          const published = next("publication");
          socket.send(JSON.stringify({ type: "publish", channel: "chat:room", payload: { data: text } }));
          return { extensions: socket.extensions, isSame: (await published).payload === text };
        }
        """;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    [SdkFact]
    public async Task NodesWs_WithCompressionOn_UnderstandsAndIsUnderstood()
    {
        await using var server = await StartAsync();
        using var folder = new TemporaryFolder();
        var script = Path.Combine(folder.Path, "exchange.cjs");
        await File.WriteAllTextAsync(script, $$"""
            const { WebSocket } = require(process.argv[2]);
            const socket = new WebSocket(process.argv[3], ["realtime.v1.json", "bearer." + process.argv[4]], { perMessageDeflate: { threshold: 0 } });
            ({{Exchange}})(socket).then(result => { console.log(JSON.stringify(result)); socket.close(); });
            """);

        var output = await TypeScriptPackage.RunAsync(
            folder.Path, "node", script, Path.Combine(TypeScriptPackage.Folder, "node_modules", "ws"), AddressOf(server), TestTokens.For("ann"));

        AssertCompressed(JsonSerializer.Deserialize<Outcome>(output, Web)!);
    }

    [ChromiumFact]
    public async Task Chromium_WithCompressionOn_UnderstandsAndIsUnderstood()
    {
        await using var server = await StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ChromiumFactAttribute.ExecutablePath,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"],
        });
        var page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(server.Address, "/health/live").ToString());

        var output = await page.EvaluateAsync<string>(
            $$"""async ([url, token]) => JSON.stringify(await ({{Exchange}})(new WebSocket(url, ["realtime.v1.json", "bearer." + token])))""",
            new[] { AddressOf(server), TestTokens.For("ann") });

        AssertCompressed(JsonSerializer.Deserialize<Outcome>(output, Web)!);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(ServerSettings.InMemory.With("Edge:Compression", "true"));

    private static string AddressOf(TestServer server) => new UriBuilder(server.Address) { Scheme = "ws", Path = "/v1/ws" }.ToString();

    private static void AssertCompressed(Outcome outcome)
    {
        Assert.Contains("permessage-deflate", outcome.Extensions, StringComparison.Ordinal);
        Assert.True(outcome.IsSame);
    }

    private sealed record Outcome(string Extensions, bool IsSame);
}
