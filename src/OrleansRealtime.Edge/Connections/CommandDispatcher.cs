using System.Buffers;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Connections;

/// <summary>Takes a connection's commands in the order in which they came and has each carried out by whom it concerns.</summary>
/// <remarks>
/// Commands overlap, up to <see cref="CommandWindow.Size"/>; each begins before the next is read, which keeps the order of those
/// that go to the same channel. <c>auth</c>, <c>refresh</c> and the first publish to a channel finish before the next is read:
/// what follows depends on them. So do <c>history</c> and <c>presence</c>, whose answers are large: one at a time is in memory.
/// </remarks>
internal sealed class CommandDispatcher
{
    private readonly EdgeNode _node;

    /// <summary>Creates the dispatcher of a node.</summary>
    public CommandDispatcher(EdgeNode node) => _node = node;

    /// <summary>Takes one message. Completes when the next may be read.</summary>
    public ValueTask DispatchAsync(Connection connection, in ReadOnlySequence<byte> message)
    {
        var length = (int)message.Length;
        _node.Metrics.BytesIn(length);
        var refusal = connection.Guard.Admit(length, out var ending);
        if (ending is not null)
        {
            connection.Close(ending);
        }

        if (!connection.Format.Codec.TryReadCommand(message, out var command, out var fault))
        {
            OnFault(connection, fault);
            return ValueTask.CompletedTask;
        }

        if (refusal is not null)
        {
            connection.Refuse(command.Id, null, refusal);
            return ValueTask.CompletedTask;
        }

        return DispatchAsync(connection, command);
    }

    /// <summary>Takes one command. Completes when the next may be taken.</summary>
    public ValueTask DispatchAsync(Connection connection, ClientCommand command)
    {
        if (!connection.IsOpen && command is not AuthCommand)
        {
            if (!connection.IsClosed)
            {
                connection.Refuse(command.Id, null, Refusals.AuthFirst);
                connection.Close(CloseReason.Unauthenticated);
            }

            return ValueTask.CompletedTask;
        }

        switch (command)
        {
            case PingCommand:
                connection.Send(new PongFrame(command.Id, _node.Clock.GetUtcNow()));
                return ValueTask.CompletedTask;
            case AuthCommand or RefreshCommand or HistoryCommand or PresenceCommand:
            case PublishCommand publish when !connection.Verdicts.IsDecided(publish.Channel):
                return new ValueTask(CarryOutAsync(connection, command));
            default:
                return OverlapAsync(connection, command);
        }
    }

    private ValueTask OverlapAsync(Connection connection, ClientCommand command)
    {
        var entered = connection.Commands.EnterAsync();
        if (!entered.IsCompletedSuccessfully)
        {
            return WaitThenOverlapAsync(entered, connection, command);
        }

        _ = CarryOutInWindowAsync(connection, command);
        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitThenOverlapAsync(ValueTask entered, Connection connection, ClientCommand command)
    {
        await entered;
        _ = CarryOutInWindowAsync(connection, command);
    }

    private async Task CarryOutInWindowAsync(Connection connection, ClientCommand command)
    {
        try
        {
            await CarryOutAsync(connection, command);
        }
        finally
        {
            connection.Commands.Exit();
        }
    }

    /// <summary>Carries out one command. The one place that catches what a command throws: a bug costs its connection, not the server.</summary>
    private async Task CarryOutAsync(Connection connection, ClientCommand command)
    {
        try
        {
            await RunAsync(connection, command);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            connection.Refuse(command.Id, null, Refusals.Unavailable);
        }
        catch (Exception exception)
        {
            _node.Log.CommandFailed(connection.Id.Value, command.GetType().Name, exception);
            connection.Refuse(command.Id, null, Refusals.Internal);
            connection.Close(CloseReason.ServerFault);
        }
    }

    private ValueTask RunAsync(Connection connection, ClientCommand command) =>
        command switch
        {
            PublishCommand publish => _node.Publisher.PublishAsync(connection, publish),
            SignalCommand signal => _node.Publisher.SignalAsync(connection, signal),
            SubscribeCommand subscribe => new ValueTask(_node.Subscriber.SubscribeAsync(connection, subscribe).AsTask()),
            UnsubscribeCommand unsubscribe => Subscriber.UnsubscribeAsync(connection, unsubscribe),
            HistoryCommand history => _node.Inquiries.HistoryAsync(connection, history),
            PresenceCommand presence => _node.Inquiries.PresenceAsync(connection, presence),
            CallCommand call => _node.Inquiries.CallAsync(connection, call),
            AuthCommand auth => _node.Authentication.AuthAsync(connection, auth),
            RefreshCommand refresh => _node.Authentication.RefreshAsync(connection, refresh),
            _ => throw new InvalidOperationException($"No one carries out {command.GetType().Name}."),
        };

    private static void OnFault(Connection connection, CommandFault fault)
    {
        connection.Refuse(fault.Id, null, fault.Error);
        if (fault.IsMalformed && connection.Guard.Strike() is { } reason)
        {
            connection.Close(reason);
        }
    }
}
