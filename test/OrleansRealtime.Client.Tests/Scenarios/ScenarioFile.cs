using System.Globalization;
using System.Text.Json.Nodes;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Client.Tests.Scenarios;

/// <summary>The scenarios that every SDK passes: <c>test/Scenarios/reconnect.json</c>.</summary>
internal static class ScenarioFile
{
    private static readonly JsonObject File = JsonNode.Parse(
        System.IO.File.ReadAllText(Path.Combine(RepositoryFiles.Root, "test", "Scenarios", "reconnect.json")))!.AsObject();

    /// <summary>The number that stands for chance.</summary>
    public static double Random => File["random"]!.GetValue<double>();

    /// <summary>The name of each scenario, once per code that it is to run with.</summary>
    public static IEnumerable<(string Name, int? Code)> Cases =>
        from scenario in Scenarios
        from code in scenario["codes"] is JsonArray codes ? codes.Select(static code => (int?)code!.GetValue<int>()) : [null]
        select (scenario["name"]!.GetValue<string>(), code);

    private static IEnumerable<JsonObject> Scenarios => File["scenarios"]!.AsArray().Select(static scenario => scenario!.AsObject());

    /// <summary>The steps of a scenario, fragments and code put in.</summary>
    public static List<JsonObject> StepsOf(string name, int? code)
    {
        var scenario = Scenarios.Single(scenario => scenario["name"]!.GetValue<string>() == name);
        var steps = scenario["steps"]!.ToJsonString();
        return Expand(JsonNode.Parse(code is { } number
            ? steps.Replace("\"<code>\"", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("\"\\u003Ccode\\u003E\"", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            : steps)!.AsArray());
    }

    private static List<JsonObject> Expand(JsonArray steps) =>
    [
        .. steps.SelectMany(static step => step!["do"]!.GetValue<string>() == "include"
            ? Expand(File["fragments"]![step["fragment"]!.GetValue<string>()]!.AsArray())
            : [step.AsObject()]),
    ];
}
