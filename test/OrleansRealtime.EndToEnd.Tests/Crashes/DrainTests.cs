using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;
using Xunit.Sdk;

namespace OrleansRealtime.EndToEnd.Tests.Crashes;

/// <summary>Stops the server with SIGTERM under many connections, while publishers write until they are closed.</summary>
[Collection(ServerProcesses.Name)]
public sealed class DrainTests
{
    private const int Readers = 200;
    private const int Publishers = 5;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    // What the runtime and the storage may take after the edge is empty, on a machine that is busy with other tests.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(17);

    [Fact]
    public async Task Stop_WithManyConnections_SpreadsTheirReturn_EndsInTime_AndKeepsWhatItAcknowledged()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(
            ServerSettings.Sqlite(folder.Path).With("Drain:Window", Window.ToString()));
        var readers = await Task.WhenAll(Enumerable.Range(0, Readers).Select(
            index => TestConnection.ConnectAsAsync(server.Address, TestTokens.For($"reader-{index}"))));
        foreach (var reader in readers)
        {
            await reader.SubscribeAsync("catchup:a");
        }

        var acks = new ConcurrentQueue<(long Sequence, string MessageId)>();
        var isBusy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var publishing = Enumerable.Range(0, Publishers).Select(index => PublishAsync(server.Address, index, acks, isBusy)).ToList();
        await isBusy.Task.WaitAsync(Window + Rest);

        var stopping = Stopwatch.StartNew();
        server.Terminate();
        var endings = await Task.WhenAll(readers.Select(EndAsync));
        Assert.Equal(0, await server.AwaitExitAsync());
        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, Window + Rest);
        await Task.WhenAll(publishing);

        Assert.All(endings, static ending => Assert.Equal(CloseReason.Draining.Code, ending.Code));
        Assert.All(endings, static ending => Assert.InRange(ending.After, TimeSpan.Zero, Window));

        // Of 200 evenly spread over the window, each quarter gets 50; fewer than 20 happens once in ten million runs.
        var quarters = endings.GroupBy(static ending => Math.Min(3, (int)(4 * ending.After / Window))).ToList();
        Assert.Equal(4, quarters.Count);
        Assert.All(quarters, static quarter => Assert.True(quarter.Count() >= 20));

        await server.StartAsync();
        var stored = await ReadAllAsync(server.Address);
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(static n => (long)n), stored.Select(static p => p.Sequence));
        Assert.Subset(stored.Select(static p => (p.Sequence, p.MessageId!)).ToHashSet(), acks.ToHashSet());
    }

    private static async Task<(TimeSpan After, int Code)> EndAsync(TestConnection reader)
    {
        await using (reader)
        {
            var after = (await reader.AwaitAsync<ReconnectFrame>()).After;
            return (after, (await reader.AwaitCloseAsync()).Code);
        }
    }

    private static async Task PublishAsync(
        Uri server, int index, ConcurrentQueue<(long Sequence, string MessageId)> acks, TaskCompletionSource isBusy)
    {
        await using var client = await TestConnection.ConnectAsAsync(server, TestTokens.For($"writer-{index}"));
        try
        {
            for (var number = 0; ; number++)
            {
                var messageId = $"{index}-{number}";
                acks.Enqueue(((await client.PublishAsync("catchup:a", "1", messageId)).Position.Sequence, messageId));
                if (acks.Count >= 100)
                {
                    isBusy.TrySetResult();
                }
            }
        }
        catch (Exception exception) when (isBusy.Task.IsCompleted && exception is IOException or XunitException)
        {
            // Closed, or refused because the server stops; what was acknowledged until then is what counts.
        }
    }

    private static async Task<IReadOnlyList<Publication>> ReadAllAsync(Uri server)
    {
        await using var reader = await TestConnection.ConnectAsAsync(server, TestTokens.For("auditor"));
        var stored = new List<Publication>();
        Position? position = null;
        bool more;
        do
        {
            var page = await reader.HistoryAsync("catchup:a", position);
            stored.AddRange(page.Publications);
            more = page.More;
            position = new Position(page.Position.Epoch, stored[^1].Sequence);
        }
        while (more);

        return stored;
    }
}
