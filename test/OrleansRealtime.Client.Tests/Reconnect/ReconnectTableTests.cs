using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Client.Transports;

namespace OrleansRealtime.Client.Tests.Reconnect;

public class ReconnectTableTests
{
    private static readonly Backoff Half = new(TimeSpan.FromSeconds(30), static () => 0.5);

    [Fact]
    public void CloseReasons_OfTheServer_AllHaveTheRowThatTheirRetryabilitySays()
    {
        foreach (var reason in CloseReason.All)
        {
            var decision = ReconnectTable.Decide(LinkEnd.Closed(reason.Code, ""), wasOpen: true, 0, Half);
            Assert.Equal(reason.IsRetryable || reason.Code is 4001 or 4010, decision.ComesBack);
        }
    }

    [Theory]
    [InlineData(400, false, false)]
    [InlineData(401, true, true)]
    [InlineData(403, false, false)]
    [InlineData(404, false, false)]
    [InlineData(408, true, false)]
    [InlineData(429, true, false)]
    [InlineData(500, true, false)]
    [InlineData(503, true, false)]
    public void Statuses_OfAHandshake_SayWhetherToComeBackAndWithWhichToken(int status, bool comesBack, bool needsToken)
    {
        var decision = ReconnectTable.Decide(LinkEnd.Refused(status, ""), wasOpen: false, 0, Half);
        Assert.Equal((comesBack, needsToken), (decision.ComesBack, decision.NeedsToken));
    }

    [Fact]
    public void RetryAfter_OfAHandshake_IsTakenAsItIs()
    {
        var end = LinkEnd.Refused(503, "", TimeSpan.FromSeconds(7));
        var decision = ReconnectTable.Decide(end, wasOpen: false, 3, Half);
        Assert.Equal((TimeSpan.FromSeconds(7), false), (decision.Delay, decision.IsBackoff));
    }

    [Fact]
    public void GoingAway_BeforeTheLinkWasOpen_IsNotComeBackFromAtOnce()
    {
        Assert.Equal(TimeSpan.Zero, ReconnectTable.Decide(LinkEnd.Closed(1001, ""), wasOpen: true, 0, Half).Delay);
        Assert.Equal(TimeSpan.FromMilliseconds(250), ReconnectTable.Decide(LinkEnd.Closed(1001, ""), wasOpen: false, 0, Half).Delay);
    }

    [Fact]
    public void Session_IsBegunAnew_OnlyWhenTheTokenWasRefused()
    {
        Assert.False(ReconnectTable.Decide(LinkEnd.Closed(4001, ""), wasOpen: true, 0, Half).Resumes);
        Assert.True(ReconnectTable.Decide(LinkEnd.Closed(4010, ""), wasOpen: true, 0, Half).Resumes);
        Assert.True(ReconnectTable.Decide(LinkEnd.Lost(""), wasOpen: true, 0, Half).Resumes);
    }

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(6, 15)]
    [InlineData(1000, 15)]
    public void Backoff_DoublesUpToItsGreatestWait(int attempt, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Half.Next(attempt));

    [Theory]
    [InlineData("3", 3.0)]
    [InlineData("Thu, 01 Jan 2026 12:00:05 GMT", 5.0)]
    [InlineData("Thu, 01 Jan 2026 11:00:00 GMT", 0.0)]
    [InlineData("soon", null)]
    [InlineData("-1", null)]
    [InlineData(null, null)]
    public void RetryAfter_IsSecondsOrADate(string? text, double? seconds) => Assert.Equal(
        seconds is { } value ? TimeSpan.FromSeconds(value) : null,
        RetryAfter.TryRead(text, new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("http://h", "ws://h/v1/ws", "http://h/v1/publish")]
    [InlineData("https://h:8443/rt/", "wss://h:8443/rt/v1/ws", "https://h:8443/rt/v1/publish")]
    [InlineData("wss://h", "wss://h/v1/ws", "https://h/v1/publish")]
    public void Addresses_FollowFromTheServers(string address, string socket, string http)
    {
        Assert.Equal(socket, ServerAddress.WebSocket(new Uri(address)).ToString());
        Assert.Equal(http, ServerAddress.Http(new Uri(address), "publish").ToString());
    }
}
