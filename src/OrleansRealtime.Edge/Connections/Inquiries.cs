using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Connections;

/// <summary>Carries out what only asks: <c>history</c>, <c>presence</c> and <c>call</c>.</summary>
internal sealed class Inquiries
{
    private readonly EdgeNode _node;
    private readonly ICallHandler? _calls;

    /// <summary>Creates it; without a call handler calls are refused.</summary>
    public Inquiries(EdgeNode node, ICallHandler? calls)
    {
        _node = node;
        _calls = calls;
    }

    /// <summary>Carries out <c>history</c>.</summary>
    public async ValueTask HistoryAsync(Connection connection, HistoryCommand command)
    {
        if (!_node.Policies.TryFind(command.Channel, out _))
        {
            connection.Refuse(command.Id, command.Channel, Refusals.UnknownNamespace(command.Channel));
            return;
        }

        var outcome = await ReadOnceAsync(connection, command);
        if (outcome.IsUndecided && await _node.Access.AskAsync(connection, command.Channel, ChannelRights.History))
        {
            outcome = await ReadOnceAsync(connection, command);
        }

        if (outcome.Refusal is not null)
        {
            connection.Refuse(command.Id, command.Channel, outcome.Refusal);
            return;
        }

        connection.Send(new AckFrame(
            command.Id, command.Channel, new HistoryAck(outcome.Publications, outcome.Position, outcome.More)));
    }

    /// <summary>Carries out <c>presence</c>.</summary>
    public async ValueTask PresenceAsync(Connection connection, PresenceCommand command)
    {
        if (!_node.Policies.TryFind(command.Channel, out _))
        {
            connection.Refuse(command.Id, command.Channel, Refusals.UnknownNamespace(command.Channel));
            return;
        }

        await HearAllJoinsAsync(connection, command.Channel);
        var channel = _node.Channels.Get(command.Channel);
        var outcome = await channel.PresenceAsync(EdgeAccess.CallerOf(connection, command.Channel), _node.Stopping);
        if (outcome.IsUndecided && await _node.Access.AskAsync(connection, command.Channel, ChannelRights.Presence))
        {
            outcome = await channel.PresenceAsync(EdgeAccess.CallerOf(connection, command.Channel), _node.Stopping);
        }

        if (outcome.Refusal is not null)
        {
            connection.Refuse(command.Id, command.Channel, outcome.Refusal);
            return;
        }

        connection.Send(new AckFrame(
            command.Id, command.Channel, new PresenceAck(outcome.Members, outcome.Count, outcome.IsTruncated)));
    }

    /// <summary>
    /// The list of a new host may lack members who are only announced to those that do not know them: who asks for it is one of those.
    /// </summary>
    private async ValueTask HearAllJoinsAsync(Connection connection, ChannelName channel)
    {
        if (_node.Attachments.Find(channel)?.Roster is not { Phase: RosterPhase.Unsettled } roster)
        {
            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Shard.Post(() =>
        {
            if (connection.Subscriptions.Find(channel) is { } subscription)
            {
                subscription.LossesSeen = roster.Losses;
            }

            done.SetResult();
        });
        await done.Task;
    }

    /// <summary>Carries out <c>call</c>.</summary>
    public async ValueTask CallAsync(Connection connection, CallCommand command)
    {
        if (_calls is null)
        {
            connection.Refuse(command.Id, null, Refusals.NoCalls);
            return;
        }

        CallOutcome outcome;
        try
        {
            outcome = await _calls.HandleAsync(
                connection.Identity!.User, command.Method, command.Payload, _node.Stopping);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ActorUnavailableException))
        {
            // The application's bug, by the contract of the handler: it costs the call and not the connection.
            _node.Log.CallFailed(LogText.Of(command.Method), exception);
            outcome = new CallOutcome(Refusals.Internal, default);
        }

        if (outcome.Refusal is not null)
        {
            connection.Refuse(command.Id, null, outcome.Refusal);
        }
        else
        {
            connection.Send(new AckFrame(command.Id, null, new CallAck(outcome.Data)));
        }
    }

    private ValueTask<ReadOutcome> ReadOnceAsync(Connection connection, HistoryCommand command) =>
        _node.Channels.Get(command.Channel).ReadAsync(
            new ReadRequest(
                EdgeAccess.CallerOf(connection, command.Channel), command.From, command.Limit, command.Reverse),
            _node.Stopping);
}
