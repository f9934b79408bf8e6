using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Tests.Access;

/// <summary>The whole table: every caller, access level, publisher policy, grant, capability and right, against the order of DESIGN.md section 5.</summary>
public sealed class AccessRuleTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly UserId Ann = UserId.Parse("ann");

    private static readonly ChannelRights[] Rights =
    [
        ChannelRights.Subscribe, ChannelRights.Publish, ChannelRights.Signal,
        ChannelRights.History, ChannelRights.Presence, ChannelRights.Manage,
    ];

    [Fact]
    public void Decide_EveryCombination_GivesTheFirstAnswerOfTheOrder()
    {
        var table = (
            from right in Rights
            from access in Enum.GetValues<ChannelAccess>()
            from publishers in Enum.GetValues<PublisherPolicy>()
            from kind in new[] { "trusted", "anonymous", "user" }
            from grant in new[] { "none", "allowed", "denied" }
            from capabilities in new[] { ChannelRights.None, right, ChannelRights.All & ~right }
            from authorized in new[] { ChannelRights.None, right }
            select (right, access, publishers, kind, grant, capabilities, authorized)).ToList();

        foreach (var (right, access, publishers, kind, grant, capabilities, authorized) in table)
        {
            var policy = new ChannelPolicy { Namespace = "chat", Access = access, Publishers = publishers };
            var caller = new Caller(Sender.OfUser(Ann), kind == "anonymous", kind == "trusted", capabilities, authorized);
            var grants = grant switch
            {
                "allowed" => ChannelGrants.None.Grant(Ann, right),
                "denied" => ChannelGrants.None.Revoke(Ann, right),
                _ => ChannelGrants.None,
            };

            var expected = access == ChannelAccess.Managed
                ? ExpectedWhereManaged(right, publishers, kind, grant, (capabilities & ChannelRights.Manage) != 0)
                : Expected(right, access, publishers, kind, grant, ((capabilities | authorized) & right) != 0);
            var actual = AccessRule.Decide(Room, policy, grants, caller, right);

            Assert.True(
                expected == actual,
                $"{right} {access} {publishers} {kind} grant {grant} caps {capabilities} authorized {authorized}: {actual}");
        }

        Assert.Equal(6 * 4 * 2 * 3 * 3 * 3 * 2, table.Count);
    }

    [Theory]
    [InlineData("ann", ChannelRights.Subscribe, AccessDecision.Allowed)]
    [InlineData("ann", ChannelRights.History, AccessDecision.Allowed)]
    [InlineData("ann", ChannelRights.Publish, AccessDecision.Denied)]
    [InlineData("ann", ChannelRights.Signal, AccessDecision.Denied)]
    [InlineData("ann", ChannelRights.Presence, AccessDecision.Denied)]
    [InlineData("ann", ChannelRights.Manage, AccessDecision.Denied)]
    [InlineData("bob", ChannelRights.Subscribe, AccessDecision.Denied)]
    [InlineData("bob", ChannelRights.History, AccessDecision.Denied)]
    public void Decide_UserChannel_IsForItsUserToReadOnlyWhateverTheTokenSays(
        string caller, ChannelRights right, AccessDecision expected)
    {
        var policy = new ChannelPolicy { Namespace = "@", Access = ChannelAccess.Public };

        var decision = AccessRule.Decide(
            ChannelName.OfUser(Ann),
            policy,
            ChannelGrants.None.Grant(UserId.Parse("bob"), ChannelRights.All),
            Caller.OfUser(UserId.Parse(caller), ChannelRights.All),
            right);

        Assert.Equal(expected, decision);
    }

    [Fact]
    public void Grant_AfterRevoke_AllowsAgainAndEachChangeIsTheNextVersion()
    {
        var grants = ChannelGrants.None.Revoke(Ann, ChannelRights.Publish | ChannelRights.Signal).Grant(Ann, ChannelRights.Publish);

        Assert.Equal(2, grants.Version);
        Assert.Equal(new GrantEntry(ChannelRights.Publish, ChannelRights.Signal), grants.Entries[Ann]);
    }

    [Theory]
    [InlineData(ChannelRights.Subscribe, AccessDecision.Allowed)]
    [InlineData(ChannelRights.History, AccessDecision.Allowed)]
    [InlineData(ChannelRights.Publish, AccessDecision.Allowed)]
    public void Decide_ManagedChannel_GivesAllToWhomItGrantsManage(ChannelRights right, AccessDecision expected)
    {
        var policy = new ChannelPolicy { Namespace = "ops", Access = ChannelAccess.Managed };
        var grants = ChannelGrants.None.Grant(Ann, ChannelRights.Manage);

        Assert.Equal(expected, AccessRule.Decide(Room, policy, grants, Caller.OfUser(Ann), right));
        Assert.Equal(AccessDecision.Denied, AccessRule.Decide(Room, policy, grants, Caller.OfUser(UserId.Parse("bob")), right));
        Assert.Equal(
            AccessDecision.Denied, AccessRule.Decide(Room, policy, grants.Revoke(Ann, ChannelRights.Manage), Caller.OfUser(Ann), right));
    }

    /// <summary>The same for a namespace that is for operators.</summary>
    private static AccessDecision ExpectedWhereManaged(
        ChannelRights right, PublisherPolicy publishers, string kind, string grant, bool manages)
    {
        if (kind == "trusted")
        {
            return AccessDecision.Allowed;
        }

        if (publishers == PublisherPolicy.Server && right == ChannelRights.Publish)
        {
            return AccessDecision.Denied;
        }

        if (kind == "user" && grant != "none")
        {
            return grant == "allowed" ? AccessDecision.Allowed : AccessDecision.Denied;
        }

        return manages ? AccessDecision.Allowed : AccessDecision.Denied;
    }

    /// <summary>The table in words, written without looking at how the rule is built.</summary>
    private static AccessDecision Expected(
        ChannelRights right, ChannelAccess access, PublisherPolicy publishers, string kind, string grant, bool hasCapability)
    {
        if (kind == "trusted")
        {
            return AccessDecision.Allowed;
        }

        if (publishers == PublisherPolicy.Server && right == ChannelRights.Publish)
        {
            return AccessDecision.Denied;
        }

        // Grants are made to users; an anonymous one is nobody.
        if (kind == "user" && grant != "none")
        {
            return grant == "allowed" ? AccessDecision.Allowed : AccessDecision.Denied;
        }

        var reads = right is ChannelRights.Subscribe or ChannelRights.History or ChannelRights.Presence;
        var everyone = access switch
        {
            ChannelAccess.Public => reads || (kind == "user" && right != ChannelRights.Manage),
            ChannelAccess.Authenticated => kind == "user" && right != ChannelRights.Manage,
            _ => false,
        };
        return everyone || hasCapability ? AccessDecision.Allowed : AccessDecision.Undecided;
    }
}
