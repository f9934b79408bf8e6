using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static OrleansRealtime.Samples.Tests.SampleBench;

namespace OrleansRealtime.Samples.Tests;

public sealed partial class DashboardTests
{
    [SampleFact("Dashboard")]
    public async Task WhatIsPlotted_IsTheSameForAll_AlsoForWhoComesWhenNothingIsPublishedAnyMore()
    {
        await using var bench = await StartHallAsync();
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");
        await Expect(ann.Locator("#sensors")).ToHaveTextAsync("2,000");
        await Expect(bob.Locator("#sensors")).ToHaveTextAsync("2,000");
        await Expect(bob.Locator("#reading")).ToHaveTextAsync(Reading());
        await Expect(bob.Locator("#range")).ToHaveTextAsync(Range());

        await ann.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(bob.GetByRole(AriaRole.Button, new() { Name = "Continue" })).ToBeVisibleAsync();
        await AssertSameAsync(ann, bob);

        // The latest readings are all that the channel still has to tell.
        var carla = await bench.OpenAsync("carla");
        await Expect(carla.Locator("#sensors")).ToHaveTextAsync("2,000");
        await Expect(carla.GetByRole(AriaRole.Button, new() { Name = "Continue" })).ToBeVisibleAsync();
        await AssertSameAsync(ann, carla);

        await carla.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(ann.Locator("#received")).Not.ToHaveTextAsync("0/s");
    }

    [SampleFact("Dashboard")]
    public async Task LongerInterval_BringsFewerReadings_ThanArePublished()
    {
        await using var bench = await StartHallAsync();
        var ann = await bench.OpenAsync("ann");
        await ann.GetByLabel("Of each sensor the latest reading").SelectOptionAsync("1000");

        await Expect(ann.Locator("#received")).ToHaveTextAsync(AtMostEverySensorOnceASecond());
        await Expect(ann.Locator("#published")).ToHaveTextAsync(ThousandsASecond());
        await Expect(ann.Locator("#sensors")).ToHaveTextAsync("2,000");
    }

    [SampleFact("Dashboard")]
    public async Task ClickOnTheMap_ChoosesThatSensor()
    {
        await using var bench = await StartHallAsync();
        var ann = await bench.OpenAsync("ann");

        var map = await ann.Locator("#map").BoundingBoxAsync();
        await ann.Locator("#map").ClickAsync(new() { Position = new() { X = map!.Width * 37.5f / 50, Y = map.Height * 20.5f / 40 } });

        // 37 to the right, 20 down, 50 in a row.
        await Expect(ann.GetByLabel("Sensor", new() { Exact = true })).ToHaveValueAsync("1037");
    }

    // Read less often than usual, for machines that have other things to do.
    private static Task<SampleBench> StartHallAsync(string interval = "00:00:00.2") => StartAsync("Dashboard", ("Interval", interval));

    // The map to its last pixel, and the reading of a sensor in words. What was published last may still be on its way to either.
    private static async Task AssertSameAsync(IPage one, IPage other)
    {
        var start = Stopwatch.StartNew();
        while (await MapAsync(one) != await MapAsync(other))
        {
            Assert.True(
                start.Elapsed < TimeSpan.FromMinutes(2),
                $"The maps did not become the same; one shows {await ShownAsync(one)}, the other {await ShownAsync(other)}.");
        }

        await Expect(other.Locator("#reading")).ToHaveTextAsync(await one.Locator("#reading").InnerTextAsync());
    }

    private static Task<string> ShownAsync(IPage page) => page.Locator("main").InnerTextAsync();

    // Asked in a frame of its own, so that a page that is busy comes to an end between two questions.
    private static Task<string> MapAsync(IPage page) => page.EvaluateAsync<string>(
        "() => new Promise(resolve => requestAnimationFrame(() => resolve(document.getElementById('map').toDataURL())))");

    [GeneratedRegex(@"^\d\d\.\d °C$")]
    private static partial Regex Reading();

    [GeneratedRegex(@"^\d\d to \d\d °C$")]
    private static partial Regex Range();

    [GeneratedRegex(@"^([1-9]\d\d|1,\d\d\d|2,0\d\d)/s$")]
    private static partial Regex AtMostEverySensorOnceASecond();

    [GeneratedRegex(@"^\d+,\d\d\d/s$")]
    private static partial Regex ThousandsASecond();
}
