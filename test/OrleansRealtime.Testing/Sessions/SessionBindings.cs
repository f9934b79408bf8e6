using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansRealtime.Testing.Sessions;

/// <summary>What the placeholders of a session stand for, as it goes on. Not safe for concurrent use.</summary>
/// <remarks>
/// In what the server sends, the string <c>"&lt;any&gt;"</c> matches every value, and <c>"&lt;any:x&gt;"</c> matches every
/// value the first time and the same value afterwards. In what a client sends, <c>"&lt;any:x&gt;"</c> as a whole string becomes
/// that value, and every other <c>&lt;name&gt;</c> becomes what the runner gave for it, such as <c>&lt;token:alice&gt;</c>.
/// </remarks>
public sealed partial class SessionBindings(Func<string, string> given)
{
    private readonly Dictionary<string, JsonNode?> _values = [];

    /// <summary>Binds a name to a text.</summary>
    public void Bind(string name, string text) => _values[name] = JsonValue.Create(text);

    /// <summary>Puts values in place of the placeholders of what a client sends.</summary>
    public string Fill(string text) => Placeholder().Replace(
        BoundString().Replace(text, match => Bound(match.Groups[1].Value)?.ToJsonString() ?? "null"),
        match => _values.TryGetValue(match.Groups[1].Value, out var value)
            ? value?.ToString() ?? "null"
            : given(match.Groups[1].Value));

    /// <summary>Compares what the server sent with what the session says.</summary>
    /// <returns>Null when it matches, otherwise where and how it differs. Names are bound only by a match.</returns>
    public string? Compare(string expected, string actual)
    {
        var found = new Dictionary<string, JsonNode?>(_values);
        JsonNode? actualNode;
        try
        {
            actualNode = JsonNode.Parse(actual);
        }
        catch (System.Text.Json.JsonException)
        {
            return "is not JSON";
        }

        var difference = Compare(JsonNode.Parse(expected), actualNode, "$", found);
        if (difference is null)
        {
            foreach (var pair in found)
            {
                _values[pair.Key] = pair.Value;
            }
        }

        return difference;
    }

    private JsonNode? Bound(string name) =>
        _values.TryGetValue(name, out var value)
            ? value
            : throw new InvalidOperationException($"Nothing has been bound to '<any:{name}>' yet.");

    private static string? Compare(JsonNode? expected, JsonNode? actual, string path, Dictionary<string, JsonNode?> found)
    {
        if (expected is JsonValue text && text.TryGetValue<string>(out var placeholder) && AnyString().Match(placeholder) is { Success: true } any)
        {
            return CompareAny(any.Groups[1].Value, actual, path, found);
        }

        return (expected, actual) switch
        {
            (JsonObject left, JsonObject right) => CompareObjects(left, right, path, found),
            (JsonArray left, JsonArray right) when left.Count == right.Count => Enumerable.Range(0, left.Count)
                .Select(index => Compare(left[index], right[index], $"{path}[{index}]", found))
                .FirstOrDefault(static difference => difference is not null),
            _ => JsonNode.DeepEquals(expected, actual) ? null : $"{path}: expected {Show(expected)}, but was {Show(actual)}",
        };
    }

    private static string? CompareAny(string name, JsonNode? actual, string path, Dictionary<string, JsonNode?> found)
    {
        if (name.Length == 0 || found.TryAdd(name, actual?.DeepClone()))
        {
            return null;
        }

        return JsonNode.DeepEquals(found[name], actual)
            ? null
            : $"{path}: expected the same as before for '{name}', {Show(found[name])}, but was {Show(actual)}";
    }

    private static string? CompareObjects(
        JsonObject expected, JsonObject actual, string path, Dictionary<string, JsonNode?> found)
    {
        foreach (var (name, value) in expected)
        {
            if (!actual.TryGetPropertyValue(name, out var other))
            {
                return $"{path}.{name}: is missing";
            }

            if (Compare(value, other, $"{path}.{name}", found) is { } difference)
            {
                return difference;
            }
        }

        var extra = actual.FirstOrDefault(pair => !expected.ContainsKey(pair.Key)).Key;
        return extra is null ? null : $"{path}.{extra}: is not in the session";
    }

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";

    [GeneratedRegex("^<any(?::([A-Za-z0-9_-]+))?>$")]
    private static partial Regex AnyString();

    [GeneratedRegex("\"<any:([A-Za-z0-9_-]+)>\"")]
    private static partial Regex BoundString();

    [GeneratedRegex("<([A-Za-z0-9_:-]+)>")]
    private static partial Regex Placeholder();
}
