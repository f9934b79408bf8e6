using System.Net.Http.Json;
using Microsoft.Playwright;
using static OrleansRealtime.Samples.Tests.SampleBench;

namespace OrleansRealtime.Samples.Tests;

/// <summary>The first seat begins in row 3, column 3, the second in row 8, column 8, the third in row 3, column 8.</summary>
public sealed class GameTests
{
    [SampleFact("Game")]
    public async Task Move_OfOne_IsSeenByTheOther()
    {
        await using var bench = await StartGameAsync();
        var ann = await SitAsync(bench, "ann");
        var bob = await SitAsync(bench, "bob");

        await Tile(ann, 3, 4).ClickAsync();

        await Expect(Tile(bob, 3, 4)).ToHaveAccessibleNameAsync("Row 3, column 4: ann");
        await Expect(Score(bob, "ann")).ToHaveTextAsync("2");
        await Expect(Score(ann, "ann")).ToHaveTextAsync("2");
    }

    [SampleFact("Game")]
    public async Task Move_AgainstTheRules_IsRefusedAndTakenBack()
    {
        await using var bench = await StartGameAsync();
        var ann = await SitAsync(bench, "ann");
        var bob = await SitAsync(bench, "bob");
        await Expect(Tile(ann, 8, 8)).ToHaveAccessibleNameAsync("Row 8, column 8: bob");

        await Tile(ann, 10, 1).ClickAsync();
        await Expect(ann.GetByText("That is not beside one of your tiles.")).ToBeVisibleAsync();
        await Expect(Tile(ann, 10, 1)).ToHaveAccessibleNameAsync("Row 10, column 1: free");

        // By the keyboard, onto a tile that is taken.
        await Tile(ann, 8, 7).FocusAsync();
        await ann.Keyboard.PressAsync("ArrowRight");
        await Expect(Tile(ann, 8, 8)).ToBeFocusedAsync();
        await ann.Keyboard.PressAsync("Enter");
        await Expect(ann.GetByText("bob has that tile.")).ToBeVisibleAsync();

        // What the others see is what was allowed.
        await Tile(ann, 3, 2).ClickAsync();
        await Expect(Tile(bob, 3, 2)).ToHaveAccessibleNameAsync("Row 3, column 2: ann");
        await Expect(Score(bob, "ann")).ToHaveTextAsync("2");
    }

    [SampleFact("Game")]
    public async Task Tiles_EnclosedByAMove_ChangeHands()
    {
        await using var bench = await StartGameAsync();
        var ann = await SitAsync(bench, "ann");
        await PublishAsync(bench, "bob", new { sit = true });
        await PublishAsync(bench, "chris", new { sit = true });
        await Expect(Tile(ann, 3, 8)).ToHaveAccessibleNameAsync("Row 3, column 8: chris");

        foreach (var (row, column) in ((int, int)[])[(3, 4), (3, 5), (3, 6), (3, 7), (2, 8), (3, 9)])
        {
            await Tile(ann, row, column).ClickAsync();
            await Expect(Tile(ann, row, column)).ToHaveAccessibleNameAsync($"Row {row}, column {column}: ann");
        }

        await Expect(Tile(ann, 3, 8)).ToHaveAccessibleNameAsync("Row 3, column 8: ann");
        await Expect(ann.GetByText("You took one more.")).ToBeVisibleAsync();
        await Expect(Score(ann, "chris")).ToHaveTextAsync("0");
    }

    [SampleFact("Game")]
    public async Task Round_WhenNoTileIsFree_HasAWinnerAndBeginsAgain()
    {
        await using var bench = await StartGameAsync();
        var ann = await SitAsync(bench, "ann");
        await Expect(ann.GetByRole(AriaRole.Button, new() { Name = "Play again" })).ToBeHiddenAsync();

        // From the start outwards: each tile lies beside one that was taken before it.
        await ann.EvaluateAsync("""
            () => {
              const tiles = [...document.querySelectorAll('[role=gridcell]')];
              const far = tile => Math.max(Math.abs(tile % 10 - 2), Math.abs(Math.floor(tile / 10) - 2));
              tiles.map((_, tile) => tile).sort((one, other) => far(one) - far(other)).slice(1).forEach(tile => tiles[tile].click());
            }
            """);
        await Expect(ann.GetByText("ann wins with 100 tiles.")).ToBeVisibleAsync();

        await ann.GetByRole(AriaRole.Button, new() { Name = "Play again" }).ClickAsync();
        await Expect(Score(ann, "ann")).ToHaveTextAsync("1");
        await Expect(ann.GetByText("ann wins with 100 tiles.")).ToHaveCountAsync(0);
    }

    [SampleFact("Game")]
    public async Task Pointer_OfOne_IsSeenByTheOther()
    {
        await using var bench = await StartGameAsync();
        var ann = await SitAsync(bench, "ann");
        var bob = await SitAsync(bench, "bob");

        await Tile(ann, 5, 5).HoverAsync();
        await Expect(bob.Locator("#pointers").GetByText("ann")).ToBeVisibleAsync();

        await ann.Mouse.MoveAsync(1, 1);
        await Expect(bob.Locator("#pointers").GetByText("ann")).ToHaveCountAsync(0);
    }

    [SampleFact("Game")]
    public async Task Game_ServerKilled_GoesOnWhereItWasAndForWhoComesLate()
    {
        await using var bench = await StartGameAsync();
        var ann = await SitAsync(bench, "ann");
        await Tile(ann, 3, 4).ClickAsync();
        await Expect(Score(ann, "ann")).ToHaveTextAsync("2");

        await bench.Process.KillAsync();
        await bench.Process.StartAsync();

        var late = await SitAsync(bench, "late");
        await Expect(Tile(late, 3, 4)).ToHaveAccessibleNameAsync("Row 3, column 4: ann");
        await Expect(State(ann)).ToHaveAttributeAsync("data-state", "connected");
        await Tile(ann, 3, 5).ClickAsync();
        await Expect(Tile(late, 3, 5)).ToHaveAccessibleNameAsync("Row 3, column 5: ann");
    }

    [SampleFact("Game")]
    public async Task Seat_WhenAllAreTaken_IsRefusedButTheBoardIsSeen()
    {
        await using var bench = await StartGameAsync();
        foreach (var player in (string[])["ann", "bob", "chris", "dora"])
        {
            await PublishAsync(bench, player, new { sit = true });
        }

        var eve = await bench.OpenAsync("eve");

        await Expect(eve.GetByText("All seats are taken.")).ToBeVisibleAsync();
        await Expect(eve.GetByRole(AriaRole.Button, new() { Name = "Take a seat" })).ToBeVisibleAsync();
        await Expect(Tile(eve, 3, 3)).ToHaveAccessibleNameAsync("Row 3, column 3: ann");
    }

    private static Task<SampleBench> StartGameAsync() => StartAsync("Game", ("ConnectionStrings:Game", "Data Source={data}/game.db"));

    private static async Task<IPage> SitAsync(SampleBench bench, string user)
    {
        var page = await bench.OpenAsync(user);
        await Expect(page.Locator("#seats .mine")).ToContainTextAsync(user);
        return page;
    }

    private static ILocator Tile(IPage page, int row, int column) =>
        page.GetByRole(AriaRole.Row).Nth(row - 1).GetByRole(AriaRole.Gridcell).Nth(column - 1);

    private static ILocator Score(IPage page, string user) =>
        page.Locator("#seats li", new() { HasText = user }).Locator(".score");

    private static async Task PublishAsync(SampleBench bench, string user, object move)
    {
        using var http = new HttpClient { BaseAddress = bench.Process.Address };
        using var signedIn = await http.PostAsync(new Uri($"/token?name={user}", UriKind.Relative), content: null);
        http.DefaultRequestHeaders.Authorization = new("Bearer", await signedIn.Content.ReadAsStringAsync());
        using var answer = await http.PostAsJsonAsync(new Uri("/v1/publish", UriKind.Relative), new { channel = "game:meadow", key = "board", data = move });
        answer.EnsureSuccessStatusCode();
    }
}
