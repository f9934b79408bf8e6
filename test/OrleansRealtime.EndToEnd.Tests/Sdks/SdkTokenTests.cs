using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>Tokens that end during a session and during a reconnect, and a desk that fails: the application notices nothing of it.</summary>
[Collection(ServerProcesses.Name)]
public sealed class SdkTokenTests(ITestOutputHelper output)
{
    private const int Readers = 2;
    private const int Writers = 1;

    [SdkTheory]
    [InlineData(Sdk.DotNet)]
    [InlineData(Sdk.Node)]
    [InlineData(Sdk.Chromium)]
    public async Task Token_ThatEndsDuringTheSession_IsReplacedOnTheSameConnection(Sdk sdk)
    {
        await using var bench = await StartAsync();
        await using var fleet = await StartFleetAsync(bench, sdk);

        // The desk fails twice at the renewals of the first tokens; the old ones last until it does not.
        bench.Desk.RefuseNext(2);
        var report = await SdkBench.UntilAsync(fleet, "all tokens were replaced twice", _ => bench.Desk.Given >= 3 * (Readers + Writers));
        Assert.Equal((0, Readers + Writers, 2), (report.Returns, report.Connected, bench.Desk.Refused));

        await AssertAllHeardAsync(fleet);
        Assert.Equal(0, (await fleet.AskAsync()).Returns);
    }

    [SdkTheory]
    [InlineData(Sdk.DotNet)]
    [InlineData(Sdk.Node)]
    [InlineData(Sdk.Chromium)]
    public async Task Token_ThatEndsWhileTheServerIsAway_IsReplacedBeforeTheReturn(Sdk sdk)
    {
        await using var bench = await StartAsync();
        await using var fleet = await StartFleetAsync(bench, sdk);

        // The desk fails twice for those who ask, and every token that was given before is past its end when the line is back.
        bench.Proxy.IsRefusing = true;
        bench.Proxy.Cut();
        bench.Desk.RefuseNext(2);
        var end = DateTimeOffset.UtcNow + bench.Desk.Lifetime;
        await SdkBench.UntilAsync(fleet, "all have lost the connection", static report => report.Connected == 0);
        await SdkBench.UntilAsync(fleet, "the desk has failed twice", _ => bench.Desk.Refused == 2);
        await SdkBench.UntilAsync(fleet, "the tokens have ended", _ => DateTimeOffset.UtcNow > end);
        bench.Proxy.IsRefusing = false;

        await SdkBench.UntilAsync(fleet, "all are back", static report => report.Live == Readers && report.Connected == Readers + Writers);
        await AssertAllHeardAsync(fleet);
    }

    [SdkTheory]
    [InlineData(Sdk.DotNet)]
    [InlineData(Sdk.Node)]
    [InlineData(Sdk.Chromium)]
    public async Task Desk_ThatFailsUntilTheTokenHasEnded_CostsAReturnAndNothingElse(Sdk sdk)
    {
        await using var bench = await StartAsync();
        await using var fleet = await StartFleetAsync(bench, sdk);

        // The server closes with 4010 then, and nobody has a token to come back with.
        bench.Desk.RefuseNext(int.MaxValue);
        await SdkBench.UntilAsync(fleet, "the server has closed all", static report => report.Connected == 0);
        bench.Desk.RefuseNext(0);

        await SdkBench.UntilAsync(fleet, "all are back", static report => report.Live == Readers && report.Connected == Readers + Writers);
        await AssertAllHeardAsync(fleet);
    }

    private static Task<SdkBench> StartAsync() => SdkBench.StartAsync(static settings => settings
        .With("Authentication:ClockSkew", "00:00:00")
        .With("Edge:ExpiryWarning", "00:00:05"));

    private static async Task AssertAllHeardAsync(IFleet fleet)
    {
        var published = (await SdkBench.StopAsync(fleet)).Published.Values.Sum();
        Assert.True(published > 0, "Nothing was published.");
        await SdkBench.UntilAsync(fleet, "all was heard", report => report.Heard == published * Readers);
    }

    private async Task<IFleet> StartFleetAsync(SdkBench bench, Sdk sdk)
    {
        var seed = Seeds.Next(output.WriteLine);
        bench.Desk.Lifetime = TimeSpan.FromSeconds(6);
        var fleet = await bench.StartFleetAsync(sdk, Readers, Writers, paceMs: 50, seed, "catchup:a");
        await SdkBench.UntilAsync(fleet, "all are live", static report => report.Live == Readers && report.Connected == Readers + Writers);
        return fleet;
    }
}
