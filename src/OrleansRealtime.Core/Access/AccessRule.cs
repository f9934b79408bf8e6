using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Access;

/// <summary>Who may do what in a channel: the one rule, used wherever it is asked. Pure.</summary>
/// <remarks>
/// The first answer wins: what the namespace rules out; the channel's grants; what the namespace allows everyone; the
/// token's capabilities; the application's authorizer. A ban is checked before, by the user's actor.
/// </remarks>
public static class AccessRule
{
    /// <summary>Whether <paramref name="caller"/> has the one right <paramref name="right"/>.</summary>
    public static AccessDecision Decide(
        ChannelName channel, ChannelPolicy policy, ChannelGrants grants, in Caller caller, ChannelRights right)
    {
        if (caller.IsTrusted)
        {
            return AccessDecision.Allowed;
        }

        if (right == ChannelRights.Publish && policy.Publishers == PublisherPolicy.Server)
        {
            return AccessDecision.Denied;
        }

        if (channel.IsUserChannel)
        {
            return DecideUserChannel(channel, caller, right);
        }

        var granted = ChannelRights.None;
        if (!caller.IsAnonymous && UserId.TryParse(caller.Sender.Value, out var user)
            && grants.Entries.TryGetValue(user, out var entry))
        {
            if ((entry.Denied & right) != 0)
            {
                return AccessDecision.Denied;
            }

            if ((entry.Allowed & right) != 0)
            {
                return AccessDecision.Allowed;
            }

            granted = entry.Allowed & ~entry.Denied;
        }

        if (policy.Access == ChannelAccess.Managed)
        {
            // A capability for every channel (*) must not open what only operators see, and the application has no say either.
            return ((granted | caller.Capabilities) & ChannelRights.Manage) != 0 ? AccessDecision.Allowed : AccessDecision.Denied;
        }

        if ((Everyone(policy.Access, caller.IsAnonymous) & right) != 0)
        {
            return AccessDecision.Allowed;
        }

        return ((caller.Capabilities | caller.Authorized) & right) != 0 ? AccessDecision.Allowed : AccessDecision.Undecided;
    }

    /// <summary>Only its user subscribes to and reads a user channel; only servers write to it.</summary>
    private static AccessDecision DecideUserChannel(ChannelName channel, in Caller caller, ChannelRights right)
    {
        var isOwn = !caller.IsAnonymous && channel.TryGetUser(out var owner) && owner.Value == caller.Sender.Value;
        return isOwn && (right is ChannelRights.Subscribe or ChannelRights.History)
            ? AccessDecision.Allowed
            : AccessDecision.Denied;
    }

    private static ChannelRights Everyone(ChannelAccess access, bool isAnonymous)
    {
        const ChannelRights read = ChannelRights.Subscribe | ChannelRights.History | ChannelRights.Presence;
        return access switch
        {
            ChannelAccess.Public when isAnonymous => read,
            ChannelAccess.Public => read | ChannelRights.Publish | ChannelRights.Signal,
            ChannelAccess.Authenticated when !isAnonymous => read | ChannelRights.Publish | ChannelRights.Signal,
            _ => ChannelRights.None,
        };
    }
}
