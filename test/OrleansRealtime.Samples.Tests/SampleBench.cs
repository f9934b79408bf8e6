using System.Collections.Concurrent;
using Microsoft.Playwright;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.Samples.Tests;

/// <summary>A sample as its user starts it, and people who look at its page. Fails at disposal when a page threw an error.</summary>
internal sealed class SampleBench : IAsyncDisposable
{
    private readonly TemporaryFolder _data;
    private readonly IBrowser _browser;
    private readonly List<IBrowserContext> _contexts = [];
    private readonly ConcurrentQueue<string> _errors = new();

    private SampleBench(TemporaryFolder data, ServerProcess process, IBrowser browser)
    {
        _data = data;
        Process = process;
        _browser = browser;
    }

    /// <summary>The sample, to be killed and started again.</summary>
    public ServerProcess Process { get; }

    /// <summary>Starts a sample on a free port.</summary>
    /// <param name="name">The name of its folder.</param>
    /// <param name="settings">Its configuration; <c>{data}</c> in a value becomes a folder that is empty.</param>
    public static async Task<SampleBench> StartAsync(string name, params (string Key, string Value)[] settings)
    {
        var data = new TemporaryFolder();
        var process = await ServerProcess.StartAsync(
            ServerProgram.Sample(name),
            settings.ToDictionary(
                static setting => setting.Key,
                setting => setting.Value.Replace("{data}", data.Path, StringComparison.Ordinal)));
        return new SampleBench(data, process, await SharedChromium.GetAsync());
    }

    /// <summary>Opens the page as someone, with a browser context of their own, and waits until it is connected.</summary>
    /// <param name="user">The name to sign in with.</param>
    /// <param name="query">What else stands in the address, e.g. <c>room=garden</c>.</param>
    public async Task<IPage> OpenAsync(string user, string query = "")
    {
        var context = await _browser.NewContextAsync();
        _contexts.Add(context);
        return await OpenAsync(context, user, query);
    }

    /// <summary>Opens the page as someone in another tab of a context, and waits until it is connected.</summary>
    public async Task<IPage> OpenAsync(IBrowserContext context, string user, string query = "")
    {
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => _errors.Enqueue($"{user}: {error}");
        await page.GotoAsync(new Uri(Process.Address, $"/?name={user}&{query}").ToString());
        await Expect(State(page)).ToHaveAttributeAsync("data-state", "connected");
        return page;
    }

    /// <summary>What a page shows of its connection.</summary>
    public static ILocator State(IPage page) => page.Locator("#state");

    /// <summary>Waits for what is to be true of an element.</summary>
    public static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        await Process.DisposeAsync();
        _data.Dispose();
        Assert.Empty(_errors);
    }
}
