using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansRealtime.Testing.Sessions;

namespace OrleansRealtime.Protocol.Tests.Sessions;

/// <summary>What the recorded sessions say is of the protocol that the codec speaks.</summary>
public partial class SessionFilesTests
{
    // Refusals that no session can provoke: they need a failure of the server.
    private static readonly RealtimeErrorCode[] Unprovokable =
        [RealtimeErrorCode.Unavailable, RealtimeErrorCode.Timeout, RealtimeErrorCode.Internal];

    public static TheoryData<string> Files => [.. SessionScript.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void Session_ClientLines_AreCommands(string name)
    {
        foreach (var step in SessionScript.Load(name).Steps.OfType<SendStep>())
        {
            var text = Placeholder().Replace(step.Text, "x");
            var isCommand = FrameCodecs.Default.TryReadCommand(
                new(Encoding.UTF8.GetBytes(text)), out _, out var fault);
            var expectsFault = name.StartsWith("errors", StringComparison.Ordinal)
                && fault?.Error.Code is RealtimeErrorCode.BadRequest or RealtimeErrorCode.UnknownType;

            Assert.True(isCommand || expectsFault, $"line {step.Line}: {fault}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Session_ServerLines_AreFramesWithNoFieldMoreOrLess(string name)
    {
        foreach (var step in SessionScript.Load(name).Steps.OfType<ReceiveStep>())
        {
            foreach (var line in step.Frames)
            {
                var filled = (JsonObject)WithValues(JsonNode.Parse(line)!, string.Empty)!;
                var frame = FrameCodecs.Default.ReadFrame(Encoding.UTF8.GetBytes(filled.ToJsonString()));
                var written = JsonNode.Parse(FrameCodecs.Default.Write(frame));

                Assert.True(
                    JsonNode.DeepEquals(filled, written),
                    $"line {step.Line}: {filled.ToJsonString()} became {written!.ToJsonString()}");
            }
        }
    }

    [Fact]
    public void Sessions_ShowEveryErrorThatOneCanProvoke()
    {
        var shown = SessionScript.Names
            .Select(SessionScript.Load)
            .SelectMany(static script => script.Steps.OfType<ReceiveStep>())
            .SelectMany(static step => step.Frames)
            .Select(static frame => JsonNode.Parse(frame)!["payload"] is JsonObject payload ? (string?)payload["code"] : null)
            .ToHashSet();

        Assert.All(
            RealtimeErrorCodes.All.Except(Unprovokable),
            code => Assert.Contains(code.ToWireName(), shown));
    }

    /// <summary>Puts a value of the right type in the place of each placeholder.</summary>
    private static JsonNode? WithValues(JsonNode? node, string field) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(
            pair => KeyValuePair.Create(pair.Key, WithValues(pair.Value, pair.Key)))),
        JsonArray items => new JsonArray([.. items.Select(item => WithValues(item, field))]),
        JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith("<any", StringComparison.Ordinal) =>
            ValueOf(field),
        _ => node?.DeepClone(),
    };

    private static JsonNode? ValueOf(string field) => field switch
    {
        "ts" or "expires" or "heartbeat" or "retryAfter" => 1,
        "limits" => new JsonObject { ["messageBytes"] = 1, ["subscriptions"] = 1 },
        "payload" => new JsonObject { ["expires"] = 1 },
        _ => "x",
    };

    [GeneratedRegex("<[A-Za-z0-9_:-]+>")]
    private static partial Regex Placeholder();
}
