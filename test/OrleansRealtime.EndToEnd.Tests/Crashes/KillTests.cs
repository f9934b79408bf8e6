using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing.PostgreSql;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;
using Xunit.Sdk;

namespace OrleansRealtime.EndToEnd.Tests.Crashes;

/// <summary>Kills the server while twenty publishers write, and looks for every publication that it had acknowledged.</summary>
[Collection(ServerProcesses.Name)]
public sealed class KillTests
{
    private const int Publishers = 20;
    private const int PublicationsOfEach = 60;
    private const int AcksBeforeTheKill = 400;

    private static readonly string[] Channels = ["catchup:a", "catchup:b", "catchup:c"];

    [Fact]
    public async Task Kill_WhilePublishing_Sqlite_LosesAndDoublesNothing()
    {
        using var folder = new TemporaryFolder();

        await AssertNothingLostAsync(ServerSettings.Sqlite(folder.Path));
    }

    [PostgreSqlFact]
    public async Task Kill_WhilePublishing_PostgreSql_LosesAndDoublesNothing()
    {
        var database = await PostgreSqlServer.Shared;
        var connectionString = await database.CreateDatabaseAsync();

        await AssertNothingLostAsync(ServerSettings.PostgreSql(connectionString));

        await database.DropDatabaseAsync(connectionString);
    }

    private static async Task AssertNothingLostAsync(ServerSettings settings)
    {
        await using var server = await ServerProcess.StartAsync(settings);
        var acks = new ConcurrentQueue<Acknowledged>();
        var timeToKill = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isBack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Acknowledge(Acknowledged ack)
        {
            acks.Enqueue(ack);
            if (acks.Count >= AcksBeforeTheKill)
            {
                timeToKill.TrySetResult();
            }
        }

        var publishing = Enumerable.Range(0, Publishers)
            .Select(index => PublishAsync(server, $"writer-{index}", Channels[index % Channels.Length], Acknowledge, isBack.Task))
            .ToList();
        await Task.WhenAny(timeToKill.Task, Task.WhenAll(publishing));
        await server.KillAsync();
        await server.StartAsync();
        isBack.SetResult();
        await Task.WhenAll(publishing);

        foreach (var channel in Channels)
        {
            await AssertCompleteAsync(server, channel, [.. acks.Where(ack => ack.Channel == channel)]);
        }
    }

    private static async Task PublishAsync(
        ServerProcess server, string user, string channel, Action<Acknowledged> onAcknowledged, Task isBack)
    {
        TestConnection? client = null;
        for (var number = 0; number < PublicationsOfEach;)
        {
            var messageId = $"{user}-{number}";
            try
            {
                client ??= await TestConnection.ConnectAsAsync(server.Address, TestTokens.For(user));
                var ack = await client.PublishAsync(channel, number.ToString(CultureInfo.InvariantCulture), messageId);
                onAcknowledged(new Acknowledged(channel, ack.Position, user, number, messageId));
                number++;
            }
            catch (Exception exception) when (!isBack.IsCompleted && exception is IOException or SocketException or XunitException)
            {
                // The server is gone. Whether this one was stored nobody knows, so it is tried again under the same id.
                await isBack;
                client = null;
            }
        }

        await client!.DisposeAsync();
    }

    private static async Task AssertCompleteAsync(ServerProcess server, string channel, IReadOnlyList<Acknowledged> acks)
    {
        await using var reader = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("auditor"));
        var stored = new List<Publication>();
        Position? position = null;
        bool more;
        do
        {
            var page = await reader.HistoryAsync(channel, position);
            stored.AddRange(page.Publications);
            more = page.More;
            position = new Position(page.Position.Epoch, stored[^1].Sequence);
        }
        while (more);

        Assert.Equal(Enumerable.Range(1, stored.Count).Select(static n => (long)n), stored.Select(static p => p.Sequence));
        Assert.Equal(stored.Count, stored.Select(static p => p.MessageId).Distinct().Count());
        Assert.Single(acks.Select(static ack => ack.Position.Epoch).Distinct());

        // Every writer was acknowledged for all of its publications in the end, so what is stored is exactly that.
        Assert.Equal(
            acks.OrderBy(static ack => ack.Position.Sequence).Select(static ack => (ack.Position.Sequence, ack.MessageId)),
            stored.Select(static p => (p.Sequence, p.MessageId!)));
        foreach (var ofWriter in acks.GroupBy(static ack => ack.User))
        {
            var numbers = ofWriter.OrderBy(static ack => ack.Position.Sequence).Select(static ack => ack.Number);
            Assert.Equal(Enumerable.Range(0, PublicationsOfEach), numbers);
        }
    }

    private sealed record Acknowledged(string Channel, Position Position, string User, int Number, string MessageId);
}
