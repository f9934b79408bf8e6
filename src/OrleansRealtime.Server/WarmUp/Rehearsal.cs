using OrleansRealtime.Protocol;

namespace OrleansRealtime.Server.WarmUp;

/// <summary>Has a node serve clients as in a storm, round after round, until the compiler has nothing left to do.</summary>
/// <param name="connections">How many clients come in each round.</param>
/// <param name="clock">The time.</param>
/// <param name="compiled">How many methods were compiled so far.</param>
internal sealed class Rehearsal(int connections, TimeProvider clock, Func<long> compiled)
{
    // In the first round methods are called for the first time, in the next two often enough to be compiled for good.
    private const int MinRounds = 3;

    // A few rare methods more are not worth another round.
    private const int FewMethods = 100;

    private const int PerChannel = 10;

    // Several times as long as the runtime waits before it counts calls (10 ms, in the project file) or goes on compiling.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Rehearses, for as long as it takes or until it is cancelled.</summary>
    /// <returns>How many rounds it took.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; nobody is connected any more.</exception>
    public async Task<int> RunAsync(RehearsalNode node, CancellationToken cancellationToken)
    {
        long brought;
        var round = 0;
        do
        {
            var before = compiled();
            await PlayAsync(node, round, cancellationToken);
            brought = await UntilQuietAsync(cancellationToken) - before;
            round++;
        }
        while (round < MinRounds || brought > FewMethods);

        return round;
    }

    private static ChannelName ChannelOf(int client) => ChannelName.Parse($"rehearsal:{client / PerChannel}");

    private static async Task JoinAsync(
        RehearsalNode node, RehearsalClient client, string user, ChannelName channel, CancellationToken cancellationToken)
    {
        await client.ConnectAsync(node.Address, cancellationToken);
        await client.SayAsync(
            cancellationToken,
            new AuthCommand(new CommandId("enter"), node.Token(user), ProtocolVersion.Current, [], null),
            new SubscribeCommand(new CommandId("listen"), channel, null, 0, false, null));
        await client.HearAsync("listen", cancellationToken);
    }

    private static async Task PublishAsync(RehearsalClient client, ChannelName channel, CancellationToken cancellationToken) =>
        await client.SayAsync(
            cancellationToken,
            new PublishCommand(new CommandId("publish"), channel, Payload.Json("\"published\""u8.ToArray()), null, null));

    private static async Task PingAsync(RehearsalClient client, CancellationToken cancellationToken)
    {
        await client.HearAsync("published", cancellationToken);
        await client.SayAsync(cancellationToken, new PingCommand(new CommandId("ping")));
        await client.HearAsync("ping", cancellationToken);
    }

    private async Task PlayAsync(RehearsalNode node, int round, CancellationToken cancellationToken)
    {
        var clients = Enumerable.Range(0, connections).Select(static _ => new RehearsalClient()).ToList();
        try
        {
            await Task.WhenAll(clients.Select(
                (client, i) => JoinAsync(node, client, $"client{round}-{i}", ChannelOf(i), cancellationToken)));
            await Task.WhenAll(clients.Chunk(PerChannel).Select(
                (chunk, i) => PublishAsync(chunk[0], ChannelOf(i * PerChannel), cancellationToken)));
            await Task.WhenAll(clients.Select(client => PingAsync(client, cancellationToken)));
            node.Beat();
            await Task.WhenAll(clients.Select(client => client.LeaveAsync(cancellationToken)));
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }

    private async Task<long> UntilQuietAsync(CancellationToken cancellationToken)
    {
        var (last, since) = (compiled(), clock.GetTimestamp());
        while (clock.GetElapsedTime(since) < Quiet)
        {
            await Task.Delay(LookInterval, clock, cancellationToken);
            if (compiled() is var now && now != last)
            {
                (last, since) = (now, clock.GetTimestamp());
            }
        }

        return last;
    }
}
