using Microsoft.Playwright;
using static OrleansRealtime.Samples.Tests.SampleBench;

namespace OrleansRealtime.Samples.Tests;

public sealed class ChatTests
{
    [SampleFact("Chat")]
    public async Task Message_SentByOne_IsSeenByTheOther()
    {
        await using var bench = await StartAsync("Chat", ("ConnectionStrings:Chat", "Data Source={data}/chat.db"));
        var ann = await bench.OpenAsync("ann");
        var bob = await bench.OpenAsync("bob");

        await ann.GetByLabel("Message", new() { Exact = true }).FillAsync("hello");
        await ann.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(bob.GetByText("hello")).ToBeVisibleAsync();
    }
}
