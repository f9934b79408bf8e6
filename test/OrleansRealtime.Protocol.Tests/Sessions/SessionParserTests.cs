using OrleansRealtime.Testing.Sessions;

namespace OrleansRealtime.Protocol.Tests.Sessions;

public class SessionParserTests
{
    [Fact]
    public void Parse_EveryKindOfLine_IsItsStep()
    {
        var script = SessionParser.Parse("all", """
            # Everything.
            @connect
            @connect bob realtime.v1.json

            > {"a":1}
            bob> {"b": 2}
            < {"c":3}
            bob<~ 1
            bob<~ 2
            <~ 3
            @cut bob
            @closed 4001
            @closed bob 4010
            @http POST /v1/publish <key:backend>
            > {"d":4}
            < 200 {"e":5}
            @http GET /v1/user?user=bob
            < 204
            @events alice /v1/sse?channels=a <token:alice> <lastEventId:alice>
            """);

        Assert.Equal("all", script.Name);
        Assert.Equal("Everything.", script.Title);
        Assert.Equal<SessionStep>(
            [
                new ConnectStep(2, "client", ""),
                new ConnectStep(3, "bob", "realtime.v1.json"),
                new SendStep(5, "client", """{"a":1}"""),
                new SendStep(6, "bob", """{"b": 2}"""),
                new ReceiveStep(7, "client", ["""{"c":3}"""]),
                new ReceiveStep(8, "bob", ["1", "2"]),
                new ReceiveStep(10, "client", ["3"]),
                new CutStep(11, "bob"),
                new ClosedStep(12, "client", 4001),
                new ClosedStep(13, "bob", 4010),
                new HttpStep(14, "POST", "/v1/publish", "<key:backend>", """{"d":4}""", 200, """{"e":5}"""),
                new HttpStep(17, "GET", "/v1/user?user=bob", "", null, 204, null),
                new EventsStep(19, "alice", "/v1/sse?channels=a", "<token:alice>", "<lastEventId:alice>"),
            ],
            script.Steps);
    }

    [Theory]
    [InlineData("> {}", "comment")]
    [InlineData("# t\nhello", "line 2")]
    [InlineData("# t\n@fly", "no directive")]
    [InlineData("# t\n@closed soon", "a number")]
    [InlineData("# t\n@http GET /v1/user", "needs a line")]
    [InlineData("# t\n@http GET /v1/user\n< ok", "a number")]
    public void Parse_WrongLine_SaysWhich(string text, string message) =>
        Assert.Contains(
            message, Assert.Throws<FormatException>(() => SessionParser.Parse("wrong", text)).Message, StringComparison.Ordinal);
}
