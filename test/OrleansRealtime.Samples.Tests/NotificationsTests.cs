using System.Diagnostics;
using Microsoft.Playwright;
using OrleansRealtime.Testing.Servers;
using static OrleansRealtime.Samples.Tests.SampleBench;

namespace OrleansRealtime.Samples.Tests;

public sealed class NotificationsTests
{
    private const string Key = "key-of-the-tests-0123456789";

    [SampleFact("Notifications")]
    public async Task WhatIsSentWhileAway_IsShownOnReturn()
    {
        await using var bench = await StartInboxesAsync();
        var ann = await bench.OpenAsync("ann");
        await NotifyAsync(bench, "ann", "First");
        await Expect(New(ann)).ToHaveTextAsync(["First"]);
        await ann.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).ClickAsync();
        await Expect(Earlier(ann)).ToHaveTextAsync(["First"]);
        await Expect(ann.Locator("#badge")).ToBeHiddenAsync();
        await ann.CloseAsync();

        await NotifyAsync(bench, "ann", "Second");
        await bench.Process.KillAsync();
        await bench.Process.StartAsync();
        await NotifyAsync(bench, "ann", "Third \"quoted\" \\ and äöü");

        ann = await bench.OpenAsync(ann.Context, "ann");
        await Expect(New(ann)).ToHaveTextAsync(["Third \"quoted\" \\ and äöü", "Second"]);
        await Expect(Earlier(ann)).ToHaveTextAsync(["First"]);
        await Expect(ann.GetByLabel("2 unread")).ToBeVisibleAsync();
        await Assertions.Expect(ann).ToHaveTitleAsync("(2) Notifications");
    }

    [SampleFact("Notifications")]
    public async Task Notification_ReachesAllDevicesOfOneUser_AndNobodyElse()
    {
        await using var bench = await StartInboxesAsync();
        var laptop = await bench.OpenAsync("ann");
        var phone = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");

        await NotifyAsync(bench, "ann", "For Ann");
        await Expect(New(laptop)).ToHaveTextAsync(["For Ann"]);
        await Expect(New(phone)).ToHaveTextAsync(["For Ann"]);
        await NotifyAsync(bench, "bob", "For Bob");

        await Expect(New(bob)).ToHaveTextAsync(["For Bob"]);
    }

    [SampleFact("Notifications")]
    public async Task MarkingAsRead_InOneTab_CountsInTheOther()
    {
        await using var bench = await StartInboxesAsync();
        var one = await bench.OpenAsync("ann");
        var other = await bench.OpenAsync(one.Context, "ann");
        await NotifyAsync(bench, "ann", "Hello");
        await Expect(New(one)).ToHaveTextAsync(["Hello"]);
        await Expect(New(other)).ToHaveTextAsync(["Hello"]);

        await one.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).ClickAsync();

        await Expect(Earlier(other)).ToHaveTextAsync(["Hello"]);
        await Expect(New(other)).ToHaveCountAsync(0);
    }

    private static Task<SampleBench> StartInboxesAsync() => StartAsync(
        "Notifications", ("ConnectionStrings:Notifications", "Data Source={data}/notifications.db"), ("ApiKey", Key));

    private static ILocator New(IPage page) => page.GetByRole(AriaRole.List, new() { Name = "New" }).GetByRole(AriaRole.Heading);

    private static ILocator Earlier(IPage page) => page.GetByRole(AriaRole.List, new() { Name = "Earlier" }).GetByRole(AriaRole.Heading);

    // As whoever uses the sample does.
    private static async Task NotifyAsync(SampleBench bench, string user, string title)
    {
        var script = Path.Combine(ServerBinary.RepositoryRoot, "samples", "Notifications", "notify.sh");
        using var shell = Process.Start(new ProcessStartInfo("bash", [script, user, title, "A text below."])
        {
            Environment = { ["API_KEY"] = Key, ["SERVER"] = bench.Process.Address.ToString().TrimEnd('/') },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, await output + await errors);
        Assert.Contains("\"seq\"", await output, StringComparison.Ordinal);
    }
}
