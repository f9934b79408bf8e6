using System.Text.Json.Nodes;

namespace OrleansRealtime.Client.Tests.Scenarios;

/// <summary>Compares messages as JSON values; <c>"&lt;any:x&gt;"</c> takes any value and keeps it as x.</summary>
internal sealed class JsonMatch
{
    private readonly Dictionary<string, JsonNode?> _kept = [];

    public bool Matches(JsonNode? expected, JsonNode? actual)
    {
        if (NameOf(expected) is { } name)
        {
            _kept[name] = actual?.DeepClone();
            return actual is not null;
        }

        return (expected, actual) switch
        {
            (JsonObject one, JsonObject other) =>
                one.Count == other.Count && one.All(pair => other.ContainsKey(pair.Key) && Matches(pair.Value, other[pair.Key])),
            (JsonArray one, JsonArray other) => one.Count == other.Count && one.Zip(other).All(pair => Matches(pair.First, pair.Second)),
            _ => JsonNode.DeepEquals(expected, actual),
        };
    }

    /// <summary>The message with what was kept in its places.</summary>
    public JsonNode? Fill(JsonNode? message) => NameOf(message) is { } name
        ? _kept[name]?.DeepClone()
        : message switch
        {
            JsonObject one => new JsonObject(one.Select(pair => KeyValuePair.Create(pair.Key, Fill(pair.Value)))),
            JsonArray one => new JsonArray([.. one.Select(Fill)]),
            _ => message?.DeepClone(),
        };

    private static string? NameOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith("<any:", StringComparison.Ordinal) ? text : null;
}
