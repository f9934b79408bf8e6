using OrleansRealtime.Client.Subscriptions;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Tests.Subscriptions;

public class PresenceTests
{
    [Fact]
    public void Diffs_AppliedTwice_DoNoHarm()
    {
        var state = PresenceState.Of(new PresenceAck([User("alice")], 1, false)).Join(User("bob")).Join(User("bob"));
        Assert.Equal(2, state.Count);

        state = state.Leave(User("bob").User).Leave(User("bob").User);
        Assert.Equal((1, 1), (state.Count, state.Members.Count));
    }

    [Fact]
    public void Leave_OfOneWhoIsNotListed_CountsOnlyInATruncatedState()
    {
        Assert.Equal(9, PresenceState.Of(new PresenceAck([], 10, true)).Leave(User("bob").User).Count);
        Assert.Equal(0, PresenceState.Of(new PresenceAck([], 0, false)).Leave(User("bob").User).Count);
    }

    [Fact]
    public void Diffs_ThatOvertakeTheState_AreAppliedOnTopOfIt()
    {
        var tracker = new PresenceTracker();
        tracker.OnAsking();
        tracker.Apply(static state => state.Join(User("carol")));
        tracker.Apply(static state => state.Leave(User("alice").User));

        var state = tracker.OnState(new PresenceAck([User("alice"), User("bob")], 2, false));

        Assert.Equal(["bob", "carol"], state.Members.Keys.Select(static user => user.Value).Order());
    }

    private static Member User(string name) => new(UserId.Parse(name), default);
}
