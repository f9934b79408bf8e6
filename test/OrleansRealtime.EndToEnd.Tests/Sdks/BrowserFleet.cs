using System.Text.Json;
using Microsoft.Playwright;
using OrleansRealtime.Testing.Browsers;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>A fleet of the TypeScript SDK, in a page of a real browser.</summary>
internal sealed class BrowserFleet : IFleet
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;

    private BrowserFleet(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        _page = page;
    }

    public static async Task<BrowserFleet> StartAsync(FleetOptions options, TokenDesk desk, string folder)
    {
        var script = await TypeScriptPackage.BundleAsync("tests/real/browser.ts", Path.Combine(folder, "browser.js"), "--format=esm");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = ChromiumFactAttribute.ExecutablePath, Args = Flags });
        var page = await browser.NewPageAsync();
        await page.GotoAsync(desk.Page.ToString());
        await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = script, Type = "module" });
        await page.WaitForFunctionAsync("() => globalThis.startFleet !== undefined");
        await page.EvaluateAsync("options => startFleet(options)", JsonSerializer.Serialize(options, TypeScriptPackage.Json));
        return new BrowserFleet(playwright, browser, page);
    }

    public Task<FleetReport> AskAsync() => EvaluateAsync("() => askFleet()");

    public Task<FleetReport> StopAsync() => EvaluateAsync("() => stopFleet()");

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private async Task<FleetReport> EvaluateAsync(string expression) =>
        JsonSerializer.Deserialize<FleetReport>(await _page.EvaluateAsync<string>(expression), TypeScriptPackage.Json)!;
}
