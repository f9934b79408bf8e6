using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing.Browsers;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Browsers;

/// <summary>The console in a real browser, on a server of its own process.</summary>
[Collection(ServerProcesses.Name)]
public sealed class ConsolePageTests : IAsyncLifetime
{
    private static readonly string[] Flags =
        ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

    private readonly List<string> _complaints = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ServerProcess? _server;

    private Uri Address => _server!.Address;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [ChromiumFact]
    public async Task SignIn_WithoutTheRightToManage_IsRefusedWithTheReason()
    {
        var page = await OpenAsync();

        await SignInAsync(page, "not a token");
        await Expect(page.GetByTestId("sign-in-error")).ToContainTextAsync("three parts");
        await SignInAsync(page, TestTokens.For("mallory", ("caps", JsonNode.Parse("""{"chat:*":["manage"]}"""))));
        await Expect(page.GetByTestId("sign-in-error")).ToContainTextAsync("mallory has no right to manage");
        await SignInAsync(page, TestTokens.WronglySigned("operator"));
        await Expect(page.GetByTestId("sign-in-error")).ToContainTextAsync("The server refuses this token");
        await Expect(page.GetByTestId("node-row")).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Overview_MovesWhenAClientConnectsAndPublishes()
    {
        var page = await OpenSignedInAsync();
        await Expect(page.GetByTestId("node-row")).ToHaveCountAsync(1);
        await Expect(Tile(page, "Connections")).ToHaveTextAsync("1");

        await using var ann = await TestConnection.ConnectAsAsync(Address, TestTokens.For("ann"));
        await ann.SubscribeAsync("chat:room");
        await ann.PublishAsync("chat:room", "1");

        await Expect(Tile(page, "Connections")).ToHaveTextAsync("2");
        await Expect(page.Locator("[data-testid=channel-row][data-channel='chat:room']")).ToBeVisibleAsync();
        await page.GetByText("Values as a table").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Messages per second" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("plot").First).ToHaveAccessibleNameAsync(new System.Text.RegularExpressions.Regex("Out: now .*highest"));
        Assert.Empty(_complaints);
    }

    [ChromiumFact]
    public async Task Kick_AndBan_TakeEffectOnALiveConnection_AndStandInTheAuditTrail()
    {
        var page = await OpenSignedInAsync();
        await using var bob = await TestConnection.ConnectAsAsync(Address, TestTokens.For("bob"));
        await bob.SubscribeAsync("chat:room", presence: true);
        await bob.PublishAsync("chat:room", """{"text":"<img src=x onerror=alert(1)>"}""");

        // Into the channel: where it stands, who is there, and what was said, as text.
        await page.EvaluateAsync("() => { location.hash = '#/channels'; }");
        await page.GetByLabel("Look into a channel").FillAsync("chat:room");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("channel-seq")).ToHaveTextAsync("1");
        await Expect(page.GetByTestId("publication")).ToContainTextAsync("<img src=x onerror=alert(1)>");
        await page.Locator("[data-testid=member][data-user=bob]").GetByRole(AriaRole.Link).ClickAsync();

        // Into the user, and out with him.
        await Expect(page.GetByTestId("user-online")).ToHaveTextAsync("online");
        await Expect(page.GetByTestId("session")).ToHaveCountAsync(1);
        await page.GetByTestId("kick").ClickAsync();
        await page.GetByLabel("Reason").FillAsync("spam");
        await page.GetByTestId("ask-yes").ClickAsync();
        var kicked = await bob.AwaitCloseAsync();
        Assert.Equal((CloseReason.Kicked.Code, "spam"), (kicked.Code, kicked.Reason));
        await Expect(page.GetByTestId("said")).ToContainTextAsync("bob was kicked: 1 connection closed.");

        await using var again = await TestConnection.ConnectAsAsync(Address, TestTokens.For("bob"));
        await page.GetByTestId("ban").ClickAsync();
        await page.GetByTestId("ask-yes").ClickAsync();
        Assert.Equal(CloseReason.Banned.Code, (await again.AwaitCloseAsync()).Code);
        await Expect(page.GetByTestId("user-ban")).ToContainTextAsync("by operator");
        await page.GetByTestId("unban").ClickAsync();
        await page.GetByTestId("ask-yes").ClickAsync();
        await Expect(page.GetByTestId("user-ban")).ToHaveTextAsync("none");

        await page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        await Expect(page.Locator("[data-testid=act][data-user=bob] td:nth-child(3)")).ToHaveTextAsync(["unban", "ban", "kick"]);
        Assert.Empty(_complaints);
    }

    [ChromiumFact]
    public async Task Keyboard_Alone_ReachesAChannel_AndADialogGivesTheFocusBack()
    {
        var page = await OpenSignedInAsync();
        await using var bob = await TestConnection.ConnectAsAsync(Address, TestTokens.For("bob"));
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Expect(page.GetByTestId("node-row")).ToHaveCountAsync(1);

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" })).ToBeFocusedAsync();
        foreach (var name in new[] { "Overview", "Channels", "Users" })
        {
            await page.Keyboard.PressAsync("Tab");
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true })).ToBeFocusedAsync();
        }

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByLabel("Look into a user")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("bob");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("user-online")).ToHaveTextAsync("online");

        await page.GetByTestId("disconnect").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("ask")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("ask")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("disconnect")).ToBeFocusedAsync();
        Assert.Empty(_complaints);
    }

    [ChromiumFact]
    public async Task Phone_ShowsEveryViewWithoutScrollingSideways()
    {
        var page = await OpenSignedInAsync(width: 360);
        await using var ann = await TestConnection.ConnectAsAsync(Address, TestTokens.For("ann"));
        await ann.SubscribeAsync("chat:" + new string('x', 150), presence: true);
        await Expect(page.GetByTestId("channel-row")).ToHaveCountAsync(1);

        foreach (var view in new[] { "", "channels", "channel/chat%3A" + new string('x', 150), "users", "user/ann", "audit" })
        {
            await page.EvaluateAsync("hash => { location.hash = hash; }", "#/" + view);
            await Expect(page.Locator("main h1")).ToBeAttachedAsync();
            Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"'{view}' is too wide");
        }

        Assert.Empty(_complaints);
    }

    [ChromiumFact]
    public async Task Server_KilledAndBack_IsToldAndGoneOnFrom()
    {
        var page = await OpenSignedInAsync();
        await Expect(page.GetByTestId("node-row")).ToHaveCountAsync(1);
        var killed = await page.GetByTestId("node-row").GetAttributeAsync("data-node");

        await _server!.KillAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The server cannot be reached");
        await _server.StartAsync();

        await Expect(page.GetByTestId("state")).ToHaveAttributeAsync("data-state", "connected");
        await Expect(Up($":not([data-node='{killed}'])")).ToBeVisibleAsync();
        // Until it has been silent for some seconds, the node that was killed counts as up too.
        await Expect(Up($"[data-node='{killed}']")).ToHaveCountAsync(0);

        ILocator Up(string node) => page.Locator($"[data-testid='node-row']{node}").GetByText("up", new() { Exact = true });
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    // The number alone, without the note under it.
    private static ILocator Tile(IPage page, string name) => page.Locator($"[data-testid='tile-{name}'] dd > b");

    private static async Task SignInAsync(IPage page, string token)
    {
        await page.GetByTestId("token").FillAsync(token);
        await page.GetByTestId("sign-in").ClickAsync();
    }

    private async Task<IPage> OpenSignedInAsync(int width = 1280)
    {
        var page = await OpenAsync(width);
        await SignInAsync(page, TestTokens.For("operator", ("caps", JsonNode.Parse("""{"*":["manage"]}"""))));
        await Expect(page.GetByTestId("state")).ToHaveAttributeAsync("data-state", "connected");
        return page;
    }

    private async Task<IPage> OpenAsync(int width = 1280)
    {
        _server = await ServerProcess.StartAsync(ServerSettings.InMemory);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = ChromiumFactAttribute.ExecutablePath, Args = Flags });
        Assertions.SetDefaultExpectTimeout(30_000);
        var page = await _browser.NewPageAsync(
            new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = 800 } });
        page.Console += (_, message) => _complaints.AddRange(message.Type is "error" or "warning" ? [message.Text] : []);
        page.PageError += (_, error) => _complaints.Add(error);
        await page.GotoAsync(new Uri(Address, "/console").ToString());
        await Expect(page.GetByTestId("token")).ToBeFocusedAsync();
        return page;
    }
}
