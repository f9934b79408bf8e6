using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Edge.Connections;

/// <summary>What an edge decides of rights itself, and when it asks the application. Safe for concurrent use.</summary>
internal sealed class EdgeAccess
{
    private readonly EdgeNode _node;
    private readonly IChannelAuthorizer? _authorizer;

    /// <summary>Creates it; without an authorizer whatever no rule decides is denied.</summary>
    public EdgeAccess(EdgeNode node, IChannelAuthorizer? authorizer)
    {
        _node = node;
        _authorizer = authorizer;
    }

    /// <summary>The user of a connection as a caller of a channel.</summary>
    public static Caller CallerOf(Connection connection, ChannelName channel)
    {
        var identity = connection.Identity!;
        return new Caller(
            Sender.OfUser(identity.User),
            identity.IsAnonymous,
            IsTrusted: false,
            identity.Capabilities.In(channel),
            connection.Verdicts.In(channel));
    }

    /// <summary>Whether the connection's user has a right, by every rule and then by the application.</summary>
    public async ValueTask<bool> HasRightAsync(
        Connection connection, ChannelName channel, ChannelPolicy policy, ChannelGrants grants, ChannelRights right)
    {
        var decision = AccessRule.Decide(channel, policy, grants, CallerOf(connection, channel), right);
        return decision == AccessDecision.Undecided
            ? await AskAsync(connection, channel, right)
            : decision == AccessDecision.Allowed;
    }

    /// <summary>Asks the application, and remembers a yes.</summary>
    public async ValueTask<bool> AskAsync(Connection connection, ChannelName channel, ChannelRights right)
    {
        if (_authorizer is null)
        {
            return false;
        }

        bool isAllowed;
        try
        {
            isAllowed = await _authorizer.AuthorizeAsync(connection.Identity!.User, channel, right, _node.Stopping);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The contract of the authorizer: what it throws counts as no.
            _node.Log.AuthorizerFailed(channel.Value, exception);
            return false;
        }

        if (isAllowed)
        {
            connection.Verdicts.Allow(channel, right);
        }

        return isAllowed;
    }
}
