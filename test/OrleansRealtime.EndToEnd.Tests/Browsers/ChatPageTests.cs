using Microsoft.Playwright;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing.Browsers;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Browsers;

/// <summary>Two tabs of a real browser on the server's page.</summary>
[Collection(ServerProcesses.Name)]
public sealed class ChatPageTests : IAsyncDisposable, IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _profile = new();
    private IPlaywright? _playwright;
    private IBrowserContext? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        _profile.Dispose();
        _data.Dispose();
    }

    [ChromiumFact]
    public async Task TwoTabs_ServerKilledAndStartedAgain_GoOnWithoutLossOrDouble()
    {
        await using var server = await ServerProcess.StartAsync(ServerSettings.Sqlite(_data.Path));
        var ann = await OpenAsync(server.Address, "ann");
        var bob = await OpenAsync(server.Address, "bob");

        // They see each other, and who types.
        await Expect(Member(ann, "bob")).ToBeVisibleAsync();
        await Expect(Member(bob, "ann")).ToBeVisibleAsync();
        await bob.GetByTestId("composer-input").PressSequentiallyAsync("hel");
        await Expect(ann.GetByTestId("typing")).ToContainTextAsync("bob");
        await SendAsync(bob, "hello");
        await AssertMessagesAsync(ann, "hello");
        await SendAsync(ann, "hi");
        await AssertMessagesAsync(bob, "hello", "hi");

        // The page outlives the server.
        await server.KillAsync();
        await Expect(State(ann)).Not.ToHaveAttributeAsync("data-state", "connected");
        await Expect(State(bob)).Not.ToHaveAttributeAsync("data-state", "connected");
        await SendAsync(ann, "while you were away");
        await server.StartAsync();

        await AssertMessagesAsync(bob, "hello", "hi", "while you were away");
        await SendAsync(bob, "welcome back");
        string[] all = ["hello", "hi", "while you were away", "welcome back"];
        await AssertMessagesAsync(ann, all);
        await AssertMessagesAsync(bob, all);
        await Expect(Member(ann, "bob")).ToBeVisibleAsync();

        // A reload would have lost this.
        Assert.True(await ann.EvaluateAsync<bool>("() => window.wasNeverReloaded === true"));
        Assert.True(await bob.EvaluateAsync<bool>("() => window.wasNeverReloaded === true"));
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static ILocator State(IPage page) => page.GetByTestId("connection-state");

    private static ILocator Member(IPage page, string user) => page.Locator($"[data-testid=member][data-user={user}]");

    // Exactly these, in this order, and none of them still on its way.
    private static async Task AssertMessagesAsync(IPage page, params string[] texts)
    {
        await Expect(page.GetByTestId("message-text")).ToHaveTextAsync(texts);
        await Expect(page.Locator("[data-testid=message]:not([data-seq])")).ToHaveCountAsync(0);
    }

    private static async Task SendAsync(IPage page, string text)
    {
        await page.GetByTestId("composer-input").FillAsync(text);
        await page.GetByTestId("send").ClickAsync();
    }

    private async Task<IPage> OpenAsync(Uri server, string user)
    {
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchPersistentContextAsync(
            _profile.Path,
            new BrowserTypeLaunchPersistentContextOptions { ExecutablePath = ChromiumFactAttribute.ExecutablePath, Args = Flags });
        Assertions.SetDefaultExpectTimeout(30_000);
        var page = await _browser.NewPageAsync();
        await page.GotoAsync(new Uri(server, $"/?name={user}#token={TestTokens.For(user)}").ToString());
        await page.EvaluateAsync("() => { window.wasNeverReloaded = true; }");
        await Expect(State(page)).ToHaveAttributeAsync("data-state", "connected");
        return page;
    }
}
