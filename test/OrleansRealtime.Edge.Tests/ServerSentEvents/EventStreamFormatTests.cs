using System.Text;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.ServerSentEvents;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.ServerSentEvents;

public sealed class EventStreamFormatTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    [Fact]
    public void Frame_OverSeveralLines_HasADataLineForEach()
    {
        var text = Encoding.UTF8.GetString(EventStreamFormat.Instance.Encode(
            new SignalFrame(Room, Sender.OfServer("s"), null, Payload.Json("[1,\n2,\r\n3]"))));
        Assert.StartsWith("data: {", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        Assert.All(
            text.TrimEnd('\n').Split('\n'),
            static line => Assert.StartsWith("data: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Close_SaysCodeReasonAndWhetherToComeBack() => Assert.Equal(
        "data: {\"type\":\"close\",\"payload\":{\"code\":4508,\"reason\":\"too slow\",\"retryable\":true}}\n\n",
        Encoding.UTF8.GetString(EventStreamFormat.Instance.EncodeClose(CloseReason.TooSlow)));

    [Fact]
    public void Reconnect_TellsTheBrowserWhen() => Assert.StartsWith(
        "retry: 1500\ndata: ",
        Encoding.UTF8.GetString(EventStreamFormat.Instance.Encode(new ReconnectFrame(TimeSpan.FromSeconds(1.5), "drain"))),
        StringComparison.Ordinal);

    [Fact]
    public void Heartbeat_IsACommentThatDispatchesNothing() =>
        Assert.Equal(":\n\n", Encoding.UTF8.GetString(EventStreamFormat.Instance.EncodePing()));

    [Fact]
    public void Positions_WrittenAsAnId_AreReadBackForTheChannelsAskedFor()
    {
        var other = ChannelName.Parse("@alice");
        var gone = ChannelName.Parse("gone");
        var positions = new[]
        {
            new ChannelPosition(Room, new Position(new Epoch("e-1"), 42)),
            new ChannelPosition(other, new Position(new Epoch(new string('é', 32)), long.MaxValue)),
            new ChannelPosition(gone, new Position(new Epoch("x"), 0)),
        };
        var id = Encoding.ASCII.GetString(EventStreamFormat.Instance.EncodePositions(positions));
        Assert.StartsWith("id: 1", id, StringComparison.Ordinal);

        var read = PositionToken.TryRead(id[4..].TrimEnd('\n'), [Room, other, ChannelName.Parse("new")]);

        Assert.Equal(
            new Dictionary<ChannelName, Position> { [Room] = positions[0].Position, [other] = positions[1].Position }, read);
    }

    [Fact]
    public void Token_CutAnywhereOrTooLong_IsNotRead()
    {
        var token = PositionToken.Write([new ChannelPosition(Room, new Position(new Epoch("epoch"), 7))]);
        Assert.Single(PositionToken.TryRead(token, [Room])!);
        for (var length = 2; length < token.Length; length++)
        {
            Assert.Null(PositionToken.TryRead(token[..length], [Room]));
        }

        Assert.Null(PositionToken.TryRead("", [Room]));
        Assert.Null(PositionToken.TryRead("1" + new string('A', PositionToken.MaxLength), [Room]));
    }

    [Fact]
    public void Token_OfAsManyChannelsAsAConnectionMayHold_FitsIntoAHeader()
    {
        var positions = Enumerable.Range(0, 200)
            .Select(static i => new ChannelPosition(ChannelName.Parse($"c:{i}"), new Position(new Epoch(new string('e', 32)), i)))
            .ToArray();
        Assert.InRange(PositionToken.Write(positions).Length, 1000, PositionToken.MaxLength);
    }

    [Fact]
    public void Token_ThatWouldNotFitIntoAHeader_IsOneThatNobodyCanRead()
    {
        var positions = Enumerable.Range(0, 2000)
            .Select(static i => new ChannelPosition(ChannelName.Parse($"c:{i}"), new Position(new Epoch("e"), i)))
            .ToArray();
        var token = PositionToken.Write(positions);
        Assert.NotEmpty(token);
        Assert.Null(PositionToken.TryRead(token, [positions[0].Channel]));
    }
}
