using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using OrleansRealtime.Testing.Servers;
using static OrleansRealtime.Samples.Tests.SampleBench;

namespace OrleansRealtime.Samples.Tests;

public sealed class OrleansGameTests
{
    private const string Sample = "OrleansGame";

    [OrleansSampleFact(Sample)]
    public async Task Players_SeeEachOtherRun_AndABotThatIsAnOrleansClient()
    {
        var gatewayPort = FreePort();
        await using var bench = await StartAsync(Sample, ("SiloPort", FreePort()), ("GatewayPort", gatewayPort));
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");
        await Expect(Player(ann, "bob")).ToBeVisibleAsync();

        await ann.Keyboard.PressAsync("ArrowRight");
        await bob.GetByLabel("Down", new() { Exact = true }).ClickAsync();

        // They run until they hit a wall.
        await Expect(Player(bob, "ann")).ToHaveAttributeAsync("data-x", "15");
        await Expect(Player(ann, "bob")).ToHaveAttributeAsync("data-y", "11");

        using var bot = StartBot(gatewayPort);
        try
        {
            await Expect(Player(ann, "$bot")).ToBeVisibleAsync();
            await Expect(ann.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "$bot" })).Not.ToHaveTextAsync("$bot0");
        }
        finally
        {
            bot.Kill();
        }

        // Who leaves is taken out of the arena.
        await bob.CloseAsync();
        await Expect(Player(ann, "bob")).ToHaveCountAsync(0);
    }

    private static ILocator Player(IPage page, string name) => page.Locator($"[data-name='{name}']");

    private static Process StartBot(string gatewayPort)
    {
        var game = ServerProgram.Sample(Sample);
        var path = Path.Combine(
            game.WorkingDirectory, "Bot", Path.GetRelativePath(game.WorkingDirectory, Path.GetDirectoryName(game.Path)!),
            "OrleansRealtime.Samples.OrleansGame.Bot.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [path, "--GatewayPort", gatewayPort])
        {
            RedirectStandardOutput = true,
        })!;
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
