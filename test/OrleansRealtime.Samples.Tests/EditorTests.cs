using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using static OrleansRealtime.Samples.Tests.SampleBench;

namespace OrleansRealtime.Samples.Tests;

public sealed class EditorTests
{
    private const int KeptCount = 40;

    // What is written of a document, without the flags of the others' cursors.
    private const string Text = """
        [...document.querySelectorAll('.cm-line')].map(line => {
          const own = line.cloneNode(true);
          own.querySelectorAll('.cm-ySelectionCaret').forEach(flag => flag.remove());
          return own.textContent;
        }).join('\n')
        """;

    [SampleFact("Editor")]
    public async Task Cursor_AndSelectionOfOne_AreSeenByTheOther()
    {
        await using var bench = await StartEditorAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");

        await Expect(bob.GetByRole(AriaRole.List, new() { Name = "Who is here" })).ToContainTextAsync("ann");
        await WriteAsync(ann, "left right");
        for (var i = 0; i < "right".Length; i++)
        {
            await ann.Keyboard.PressAsync("Shift+ArrowLeft");
        }

        await Expect(bob.Locator(".cm-ySelection")).ToHaveTextAsync("right");
        await Expect(bob.Locator(".cm-ySelectionInfo")).ToHaveTextAsync("ann");

        await ann.CloseAsync();
        await Expect(bob.Locator(".cm-ySelectionInfo")).ToHaveCountAsync(0);
    }

    [SampleFact("Editor")]
    public async Task Text_WrittenByBothWhileBothWereOffline_IsMerged()
    {
        await using var bench = await StartEditorAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");
        await WriteAsync(ann, "middle");
        await AssertTextAsync(bob, "middle");

        await bench.Process.KillAsync();
        await GoOfflineAsync(ann);
        await GoOfflineAsync(bob);
        await WriteAsync(ann, " end");
        await bob.Locator(".cm-content").PressAsync("Control+Home");
        await bob.Keyboard.TypeAsync("start ");
        await AssertTextAsync(ann, "middle end");
        await AssertTextAsync(bob, "start middle");
        await Expect(ann.GetByText("Your changes wait here for the server")).ToBeVisibleAsync();

        await bench.Process.StartAsync();
        await ann.Context.SetOfflineAsync(false);
        await bob.Context.SetOfflineAsync(false);

        await AssertTextAsync(ann, "start middle end");
        await AssertTextAsync(bob, "start middle end");
        await AssertSavedAsync(ann);
        await AssertSavedAsync(bob);
    }

    [SampleFact("Editor")]
    public async Task Text_ServerKilledAndStartedWhileItWasTyped_IsWhole()
    {
        await using var bench = await StartEditorAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");
        var text = string.Join(' ', Enumerable.Range(1, 80));

        var typing = WriteAsync(ann, text);
        await Expect(bob.Locator(".cm-content")).ToContainTextAsync("5 6");
        await bench.Process.KillAsync();
        await bench.Process.StartAsync();
        await typing;

        await AssertTextAsync(bob, text);
        await AssertSavedAsync(ann);
        await AssertTextAsync(await bench.OpenAsync("chris"), text);
    }

    [SampleFact("Editor")]
    public async Task Text_WithoutWebSockets_IsSharedOverEventStreams()
    {
        await using var bench = await StartEditorAsync();
        var ann = await bench.OpenAsync("ann");
        await ann.AddInitScriptAsync("delete globalThis.WebSocket");
        await ann.ReloadAsync();
        Assert.Equal("undefined", await ann.EvaluateAsync<string>("() => typeof WebSocket"));
        var bob = await bench.OpenAsync("bob");
        await Expect(bob.GetByRole(AriaRole.List, new() { Name = "Who is here" })).ToContainTextAsync("ann");

        await WriteAsync(ann, "over HTTP");
        await AssertTextAsync(bob, "over HTTP");
        await WriteAsync(bob, ", and back");
        await AssertTextAsync(ann, "over HTTP, and back");
        await AssertSavedAsync(ann);
        await Expect(ann.Locator(".cm-ySelectionInfo")).ToHaveTextAsync("bob");
    }

    [SampleFact("Editor")]
    public async Task Text_LogTrimmed_IsWholeForWhoComesLateAndForWhoComesBack()
    {
        await using var bench = await StartEditorAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");
        await WriteAsync(ann, "At first. ");
        await AssertTextAsync(bob, "At first. ");

        // Bob loses his connection, and finds no other before the log has forgotten where he was.
        await bench.Process.KillAsync();
        await GoOfflineAsync(bob);
        await bench.Process.StartAsync();
        await WriteAsync(bob, "Bob was away.");
        var text = "At first. ";
        for (var i = 0; i < 3 * KeptCount; i++)
        {
            var digit = (i % 10).ToString(CultureInfo.InvariantCulture);
            text += digit;
            await WriteAsync(ann, digit);
            await AssertSavedAsync(ann);
        }

        await AssertTrimmedAsync(bench, 2 * KeptCount);
        await AssertTextAsync(await bench.OpenAsync("chris"), text);
        await bob.Context.SetOfflineAsync(false);
        await AssertTextAsync(bob, text + "Bob was away.", "Bob was away." + text, "At first. Bob was away." + text["At first. ".Length..]);
        await AssertSavedAsync(bob);
        await AssertTextAsync(ann, await TextOfAsync(bob));
    }

    // A page that could not read the log just now took it for refused, and showed nothing of it for good.
    [SampleFact("Editor")]
    public async Task Text_LogUnavailableAtFirst_IsReadLater()
    {
        await using var bench = await StartEditorAsync();
        var ann = await bench.OpenAsync("ann");
        await WriteAsync(ann, "At first.");
        await AssertSavedAsync(ann);
        var bob = await bench.OpenAsync("bob");
        var refusals = 0;
        await bob.RouteWebSocketAsync(static _ => true, page =>
        {
            var server = page.ConnectToServer();
            page.OnMessage(frame =>
            {
                using var command = JsonDocument.Parse(frame.Text!);
                if (command.RootElement.GetProperty("type").GetString() != "history" || Interlocked.Increment(ref refusals) > 2)
                {
                    server.Send(frame.Text!);
                    return;
                }

                var id = command.RootElement.GetProperty("id").GetString();
                page.Send($$$"""
                    {"type":"error","id":"{{{id}}}","payload":{"code":"unavailable","message":"not now","retryable":true,"retryAfter":10}}
                    """);
            });
        });

        await bob.ReloadAsync();

        await AssertTextAsync(bob, "At first.");
        Assert.True(refusals > 2, $"The log was asked for {refusals} times.");
        await AssertSavedAsync(bob);
    }

    private static Task<SampleBench> StartEditorAsync() => StartAsync(
        "Editor",
        ("ConnectionStrings:Editor", "Data Source={data}/editor.db"),
        ("KeptCount", KeptCount.ToString(CultureInfo.InvariantCulture)));

    // The browser's own offline mode keeps connections that are there, but lets no new one through.
    private static async Task GoOfflineAsync(IPage page)
    {
        await Expect(State(page)).ToHaveAttributeAsync("data-state", "connecting");
        await page.Context.SetOfflineAsync(true);
    }

    // At the end of what is written there, key by key.
    private static async Task WriteAsync(IPage page, string text)
    {
        await page.Locator(".cm-content").PressAsync("Control+End");
        await page.Keyboard.TypeAsync(text);
    }

    private static Task AssertSavedAsync(IPage page) => Expect(page.Locator("#saving")).ToHaveAttributeAsync("data-saving", "saved");

    private static Task<string> TextOfAsync(IPage page) => page.EvaluateAsync<string>(Text);

    private static async Task AssertTextAsync(IPage page, params string[] anyOf)
    {
        try
        {
            await page.WaitForFunctionAsync($"texts => texts.includes({Text})", anyOf, new() { Timeout = 30_000 });
        }
        catch (TimeoutException)
        {
            var shown = await TextOfAsync(page);
            Assert.True(anyOf.Contains(shown), $"The page shows '{shown}' instead of '{string.Join("' or '", anyOf)}'.");
        }
    }

    // The store trims in its own time; each answer is awaited, and there is no pause to guess.
    private static async Task AssertTrimmedAsync(SampleBench bench, long through)
    {
        using var http = new HttpClient { BaseAddress = bench.Process.Address };
        using var signedIn = await http.PostAsync(new Uri("/token?name=reader", UriKind.Relative), content: null);
        http.DefaultRequestHeaders.Authorization = new("Bearer", await signedIn.Content.ReadAsStringAsync());
        var deadline = Stopwatch.StartNew();
        long oldest;
        do
        {
            var page = await http.GetStringAsync(new Uri("/v1/history?channel=doc:welcome&limit=1", UriKind.Relative));
            using var history = JsonDocument.Parse(page);
            oldest = history.RootElement.GetProperty("publications")[0].GetProperty("seq").GetInt64();
        }
        while (oldest <= through && deadline.Elapsed < TimeSpan.FromSeconds(60));

        Assert.True(oldest > through, $"The log still begins at {oldest}.");
    }
}
