using OrleansRealtime.Core.Channels;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Connections;

/// <summary>Carries out <c>publish</c> and <c>signal</c>. The channel decides; the edge asks the application where only that can allow it.</summary>
internal sealed class Publisher
{
    private readonly EdgeNode _node;

    /// <summary>Creates the publisher of a node.</summary>
    public Publisher(EdgeNode node) => _node = node;

    /// <summary>
    /// Carries out <c>publish</c>. The channel is called before this first waits, so that publishes keep their order; where it may
    /// have to be called again, after those before it (decision 0028).
    /// </summary>
    public async ValueTask PublishAsync(Connection connection, PublishCommand command)
    {
        if (Check(command.Channel, command.Payload) is { } refusal)
        {
            connection.Refuse(command.Id, command.Channel, refusal);
            return;
        }

        var order = connection.Publishes;
        var turn = order.Enter(command.Channel);
        PublishOutcome outcome;
        try
        {
            outcome = await PublishInTurnAsync(connection, command, order, turn);
        }
        finally
        {
            order.Leave(turn);
        }

        if (outcome.Refusal is not null)
        {
            connection.Refuse(command.Id, command.Channel, outcome.Refusal);
            return;
        }

        _node.Metrics.PublicationIn(outcome);
        connection.Answer(new AckFrame(
            command.Id, command.Channel, new PublishedAck(outcome.Position, outcome.IsDuplicate, outcome.Answer)));
    }

    /// <summary>Carries out <c>signal</c>; what is accepted is answered only if there is an id to answer to.</summary>
    public async ValueTask SignalAsync(Connection connection, SignalCommand command)
    {
        if (Check(command.Channel, command.Payload) is { } refusal)
        {
            connection.Refuse(command.Id, command.Channel, refusal);
            return;
        }

        var outcome = await SignalOnceAsync(connection, command);
        if (outcome.IsUndecided && await _node.Access.AskAsync(connection, command.Channel, ChannelRights.Signal))
        {
            outcome = await SignalOnceAsync(connection, command);
        }

        if (outcome.Refusal is not null)
        {
            connection.Refuse(command.Id, command.Channel, outcome.Refusal);
        }
        else if (!command.Id.IsNone)
        {
            connection.Send(new AckFrame(command.Id, command.Channel, null));
        }
    }

    private async ValueTask<PublishOutcome> PublishInTurnAsync(
        Connection connection, PublishCommand command, PublishOrder order, PublishOrder.Turn turn)
    {
        var channel = command.Channel;
        if (!connection.Verdicts.IsDecided(channel))
        {
            await order.WhenFirstAsync(turn);
        }

        var outcome = await PublishOnceAsync(connection, command);
        if (outcome.IsUndecided)
        {
            connection.Verdicts.Undecide(channel);
            await order.WhenFirstAsync(turn);
            if ((connection.Verdicts.In(channel) & ChannelRights.Publish) != 0
                || await _node.Access.AskAsync(connection, channel, ChannelRights.Publish))
            {
                outcome = await PublishOnceAsync(connection, command);
            }
        }

        if (outcome.Refusal is null)
        {
            connection.Verdicts.Decide(channel);
        }

        return outcome;
    }

    // Without a token: a publication on its way to the store cannot be called off, the channel answers it also when it ends, and
    // each publish would register with one token of the whole node.
    private ValueTask<PublishOutcome> PublishOnceAsync(Connection connection, PublishCommand command) =>
        _node.Channels.Get(command.Channel).PublishAsync(
            new PublishRequest(
                EdgeAccess.CallerOf(connection, command.Channel), command.Payload, command.MessageId, command.Key),
            CancellationToken.None);

    private ValueTask<SignalOutcome> SignalOnceAsync(Connection connection, SignalCommand command) =>
        _node.Channels.Get(command.Channel).SignalAsync(
            new SignalRequest(
                EdgeAccess.CallerOf(connection, command.Channel), command.Payload, command.Key, _node.Id, connection.Id),
            _node.Stopping);

    /// <summary>What needs no actor to be refused: an unknown namespace wakes none, and a payload too large travels no further.</summary>
    private RealtimeError? Check(ChannelName channel, Payload payload)
    {
        if (!_node.Policies.TryFind(channel, out var policy))
        {
            return Refusals.UnknownNamespace(channel);
        }

        return payload.Length > policy.Limits.MessageBytes
            ? Refusals.TooLarge(payload.Length, policy.Limits.MessageBytes)
            : null;
    }
}
