using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>Carries out <c>subscribe</c> and <c>unsubscribe</c>, and ends subscriptions whose right is gone. Runs on the connection's shard.</summary>
internal sealed class Subscriber
{
    // The numbering can restart while a subscription is set up; twice in a row is a channel in trouble.
    private const int MaxAttempts = 3;

    private static readonly ChannelRights[] WithoutPresence = [ChannelRights.Subscribe];
    private static readonly ChannelRights[] WithPresence = [ChannelRights.Subscribe, ChannelRights.Presence];

    private readonly EdgeNode _node;

    /// <summary>Creates the subscriber of a node.</summary>
    public Subscriber(EdgeNode node) => _node = node;

    /// <summary>Carries out <c>subscribe</c>: attach, check the right, find out what can be resumed, answer, go live.</summary>
    /// <returns>The refusal that the client was told, or null.</returns>
    public async ValueTask<RealtimeError?> SubscribeAsync(Connection connection, SubscribeCommand command)
    {
        await connection.Shard;
        var refusal = Check(connection, command, out var policy) ?? await StartAsync(connection, command, policy!);
        if (refusal is not null)
        {
            connection.Refuse(command.Id, command.Channel, refusal);
        }

        return refusal;
    }

    /// <summary>Carries out <c>unsubscribe</c>.</summary>
    public static async ValueTask UnsubscribeAsync(Connection connection, UnsubscribeCommand command)
    {
        await connection.Shard;
        if (connection.Subscriptions.Find(command.Channel) is not { } subscription)
        {
            connection.Refuse(command.Id, command.Channel, Refusals.NotSubscribed(command.Channel));
            return;
        }

        connection.Subscriptions.End(subscription);
        connection.SendInTurn(new AckFrame(command.Id, command.Channel, null));
    }

    /// <summary>Grants, token or policy changed: ends the subscription if one of its rights is gone.</summary>
    public void CheckAgain(Subscription subscription)
    {
        var connection = subscription.Connection;
        var channel = subscription.Attachment.Name;
        connection.Verdicts.Forget(channel);
        if (!subscription.IsLive)
        {
            return;
        }

        if (!_node.Policies.TryFind(channel, out var policy))
        {
            EndByServer(subscription, Refusals.UnknownNamespace(channel));
            return;
        }

        foreach (var right in RightsOf(subscription))
        {
            switch (Decide(subscription, policy, right))
            {
                case AccessDecision.Denied:
                    EndByServer(subscription, Refusals.Denied(channel, right));
                    return;
                case AccessDecision.Undecided:
                    _node.Track(AskAgainAsync(subscription, right));
                    break;
            }
        }
    }

    private async ValueTask<RealtimeError?> StartAsync(Connection connection, SubscribeCommand command, ChannelPolicy policy)
    {
        var terms = SubscriptionTerms.Of(
            command.Conflate is null ? policy.SlowReader : SlowReaderPolicy.Latest,
            command.Presence && policy.Presence != PresencePolicy.Off,
            command.Conflate);
        var subscription = new Subscription(_node, connection, _node.Attachments.Hold(command.Channel), terms);
        if (!connection.Subscriptions.TryAdd(subscription))
        {
            subscription.Attachment.Release();
            return Refusals.UnsubscribedMeanwhile(command.Channel);
        }

        try
        {
            return await SetUpAsync(subscription, command);
        }
        finally
        {
            if (!subscription.IsLive)
            {
                connection.Subscriptions.End(subscription);
            }
        }
    }

    private static ChannelRights[] RightsOf(Subscription subscription) =>
        subscription.Terms.Presence ? WithPresence : WithoutPresence;

    private static AccessDecision Decide(Subscription subscription, ChannelPolicy policy, ChannelRights right) =>
        AccessRule.Decide(
            subscription.Attachment.Name,
            policy,
            subscription.Attachment.Grants,
            EdgeAccess.CallerOf(subscription.Connection, subscription.Attachment.Name),
            right);

    private static bool IsAllowed(Subscription subscription, ChannelPolicy policy) =>
        Array.TrueForAll(RightsOf(subscription), right => Decide(subscription, policy, right) == AccessDecision.Allowed);

    private async Task AskAgainAsync(Subscription subscription, ChannelRights right)
    {
        var channel = subscription.Attachment.Name;
        if (!await _node.Access.AskAsync(subscription.Connection, channel, right))
        {
            await subscription.Connection.Shard;
            EndByServer(subscription, Refusals.Denied(channel, right));
        }
    }

    private static void EndByServer(Subscription subscription, RealtimeError why)
    {
        if (!subscription.IsEnded)
        {
            var connection = subscription.Connection;
            connection.Subscriptions.End(subscription);
            connection.SendInTurn(new UnsubscribedFrame(subscription.Attachment.Name, why));
            if (connection.Transport.Kind == TransportKind.ServerSentEvents && connection.Subscriptions.Count == 0)
            {
                // It cannot subscribe to anything else, and EventSource stops only when its return is refused.
                connection.Close(CloseReason.Forbidden.With("no channel is left"));
            }
        }
    }

    /// <summary>What needs no attachment to be refused; a channel that nobody may see is not woken for it.</summary>
    private RealtimeError? Check(Connection connection, SubscribeCommand command, out ChannelPolicy? policy)
    {
        if (!_node.Policies.TryFind(command.Channel, out policy))
        {
            return Refusals.UnknownNamespace(command.Channel);
        }

        if (connection.Subscriptions.Find(command.Channel) is not null)
        {
            return Refusals.SubscribedAlready(command.Channel);
        }

        if (connection.Subscriptions.Count >= _node.Limits.SubscriptionsPerConnection)
        {
            return Refusals.TooManySubscriptions(_node.Limits.SubscriptionsPerConnection);
        }

        var caller = EdgeAccess.CallerOf(connection, command.Channel);
        return AccessRule.Decide(command.Channel, policy, ChannelGrants.None, caller, ChannelRights.Subscribe)
            == AccessDecision.Denied
            ? Refusals.Denied(command.Channel, ChannelRights.Subscribe)
            : null;
    }

    private async ValueTask<RealtimeError?> SetUpAsync(Subscription subscription, SubscribeCommand command)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (!_node.Policies.TryFind(command.Channel, out var policy))
            {
                return Refusals.UnknownNamespace(command.Channel);
            }

            if (await subscription.Attachment.EnsureAttachedAsync() is { } unattached)
            {
                return unattached;
            }

            if (await CheckRightsAsync(subscription, policy) is { } denied)
            {
                return denied;
            }

            var plan = await ResumePlanner.PlanAsync(subscription.Attachment, policy.Guarantee, command);
            if (plan.Refusal is not null)
            {
                return plan.Refusal;
            }

            if (subscription.IsEnded)
            {
                return Refusals.UnsubscribedMeanwhile(command.Channel);
            }

            // Whoever lost the right while the plan was made, or was promised what a reload took back, learns it in another round.
            var head = subscription.Attachment.Head;
            if (head.Position.Epoch == plan.After.Epoch
                && _node.Policies.TryFind(command.Channel, out var current) && current.Equals(policy)
                && IsAllowed(subscription, policy))
            {
                GoLive(subscription, command, policy, plan, head);
                return null;
            }
        }

        return Refusals.Unreachable(command.Channel);
    }

    private async ValueTask<RealtimeError?> CheckRightsAsync(Subscription subscription, ChannelPolicy policy)
    {
        var channel = subscription.Attachment.Name;
        foreach (var right in RightsOf(subscription))
        {
            var grants = subscription.Attachment.Grants;
            if (!await _node.Access.HasRightAsync(subscription.Connection, channel, policy, grants, right))
            {
                return Refusals.Denied(channel, right);
            }
        }

        return null;
    }

    private void GoLive(
        Subscription subscription, SubscribeCommand command, ChannelPolicy policy, ResumePlan plan, in AttachmentHead head)
    {
        var connection = subscription.Connection;
        subscription.GoLive(head, plan.After, plan.Snapshot ?? []);
        connection.SendPositionInTurn(new AckFrame(
            command.Id,
            command.Channel,
            new SubscribedAck(plan.Position, plan.IsRecovered, plan.Missed, plan.Snapshot is not null, policy.Guarantee)));
        connection.Reach(ConnectionMilestone.Subscribed);
        if (command.From is not null)
        {
            _node.Metrics.Recovered(plan.Source);
        }

        if (subscription.Terms.Presence)
        {
            var identity = connection.Identity!;
            subscription.LossesSeen = subscription.Attachment.Roster.Listen();
            subscription.Attachment.Members.Add(new Member(identity.User, identity.Info));
        }

        subscription.Begin(head);
    }
}
