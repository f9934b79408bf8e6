using Microsoft.Playwright;
using static OrleansRealtime.Samples.Tests.SampleBench;

namespace OrleansRealtime.Samples.Tests;

public sealed class ChatTests
{
    [SampleFact("Chat")]
    public async Task TwoPeople_SeeEachOther_WhoTypes_AndWhatIsSaid()
    {
        await using var bench = await StartChatAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");
        await Expect(People(ann)).ToHaveTextAsync(["ANann (you)", "BObob"]);
        await Expect(People(bob).Filter(new() { HasText = "ann" })).ToBeVisibleAsync();

        await Composer(bob).PressSequentiallyAsync("hel");
        await Expect(ann.GetByText("bob is typing…")).ToBeVisibleAsync();
        await SayAsync(bob, "hello");
        await Expect(Texts(ann)).ToHaveTextAsync(["hello"]);
        await Expect(ann.GetByText("bob is typing…")).ToHaveCountAsync(0);
        await SayAsync(ann, "hi");
        await Expect(Texts(bob)).ToHaveTextAsync(["hello", "hi"]);
        await Expect(Pending(ann)).ToHaveCountAsync(0);
    }

    [SampleFact("Chat")]
    public async Task Room_ThatIsNotLookedAt_CountsWhatIsUnread()
    {
        await using var bench = await StartChatAsync();
        var ann = await bench.OpenAsync("ann", "room=random");
        var bob = await bench.OpenAsync("bob");

        await SayAsync(bob, "anyone here?");
        await Expect(ann.GetByLabel("1 unread")).ToBeVisibleAsync();
        await ann.GetByRole(AriaRole.Button, new() { Name = "# general" }).ClickAsync();

        await Expect(Texts(ann)).ToHaveTextAsync(["anyone here?"]);
        await Expect(ann.GetByLabel("1 unread")).ToHaveCountAsync(0);
    }

    [SampleFact("Chat")]
    public async Task Moderation_RejectsAdvertising_AndMasksWords()
    {
        await using var bench = await StartChatAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");

        await SayAsync(bob, "Buy now at my casino");
        await Expect(bob.GetByText("Not sent. No advertising, please.")).ToBeVisibleAsync();
        await SayAsync(bob, "Oh heck, sorry");

        await Expect(Texts(ann)).ToHaveTextAsync(["Oh ****, sorry"]);
        await bob.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();
        await Expect(Texts(bob)).ToHaveTextAsync(["Oh ****, sorry"]);
    }

    [SampleFact("Chat")]
    public async Task Moderator_MutesAndUnmutes_AlsoAcrossARestart()
    {
        await using var bench = await StartChatAsync();
        var mod = await bench.OpenAsync("mod");
        var bob = await bench.OpenAsync("bob");

        await SayAsync(bob, "/mute mod 10");
        await Expect(bob.GetByText("Not sent. Only moderators give commands.")).ToBeVisibleAsync();
        await SayAsync(mod, "/mute bob 10");
        await Expect(bob.GetByText("mod muted bob for 10 min")).ToBeVisibleAsync();
        await bench.Process.KillAsync();
        await bench.Process.StartAsync();
        await SayAsync(bob, "still here");
        await Expect(bob.GetByText("Not sent. You are muted until")).ToBeVisibleAsync();

        await SayAsync(mod, "/unmute bob");
        await Expect(bob.GetByText("mod unmuted bob")).ToBeVisibleAsync();
        await SayAsync(bob, "thank you");
        await Expect(Texts(mod)).ToHaveTextAsync(["thank you"]);
    }

    [SampleFact("Chat")]
    public async Task SlowMode_MakesPeopleWait_ButNotModerators()
    {
        await using var bench = await StartChatAsync();
        var mod = await bench.OpenAsync("mod");
        var bob = await bench.OpenAsync("bob");

        await SayAsync(mod, "/slow 600");
        await Expect(bob.GetByText("mod asks for one message per 600 s")).ToBeVisibleAsync();
        await SayAsync(bob, "first");
        await SayAsync(bob, "second");
        await Expect(bob.GetByText("Not sent. This room is slow: wait")).ToBeVisibleAsync();
        await SayAsync(mod, "one");
        await SayAsync(mod, "two");

        await Expect(Texts(mod)).ToHaveTextAsync(["first", "one", "two"]);
    }

    [SampleFact("Chat")]
    public async Task WhatIsWrittenWhileTheServerIsGone_WaitsAndArrivesOnceInOrder()
    {
        await using var bench = await StartChatAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");
        await SayAsync(ann, "before");
        await Expect(Texts(bob)).ToHaveTextAsync(["before"]);
        await Expect(Pending(ann)).ToHaveCountAsync(0);

        await bench.Process.KillAsync();
        await Expect(State(ann)).Not.ToHaveAttributeAsync("data-state", "connected");
        await SayAsync(ann, "one");
        await SayAsync(ann, "two");
        await Expect(ann.GetByText("Offline: will be sent")).ToHaveCountAsync(2);
        await bench.Process.StartAsync();

        await Expect(Texts(bob)).ToHaveTextAsync(["before", "one", "two"]);
        await Expect(Pending(ann)).ToHaveCountAsync(0);
        await Expect(Texts(ann)).ToHaveTextAsync(["before", "one", "two"]);
        await SayAsync(bob, "after");
        await Expect(Texts(ann)).ToHaveTextAsync(["before", "one", "two", "after"]);
    }

    [SampleFact("Chat")]
    public async Task History_IsLoadedByScrollingUp()
    {
        await using var bench = await StartChatAsync();
        var bob = await bench.OpenAsync("bob");
        string[] all = [.. Enumerable.Range(1, 40).Select(static number => $"message {number}")];
        foreach (var text in all)
        {
            await SayAsync(bob, text);
        }

        // Ten a second are allowed; the client waits with the others by itself.
        await Expect(Pending(bob)).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        var ann = await bench.OpenAsync("ann");
        await Expect(Texts(ann).Last).ToBeInViewportAsync();
        await Expect(Texts(ann)).ToHaveTextAsync(all[10..]);
        await ann.Locator(".log").EvaluateAsync("log => log.scrollTo(0, -log.scrollHeight)");
        await Expect(Texts(ann)).ToHaveTextAsync(all);
    }

    private static Task<SampleBench> StartChatAsync() => StartAsync("Chat", ("ConnectionStrings:Chat", "Data Source={data}/chat.db"));

    private static ILocator Composer(IPage page) => page.GetByLabel("Message", new() { Exact = true });

    private static ILocator People(IPage page) => page.GetByRole(AriaRole.List, new() { Name = "Here now" }).GetByRole(AriaRole.Listitem);

    private static ILocator Texts(IPage page) => page.Locator(".message .text");

    private static ILocator Pending(IPage page) => page.Locator(".pending");

    private static async Task SayAsync(IPage page, string text)
    {
        await Composer(page).FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
    }
}
