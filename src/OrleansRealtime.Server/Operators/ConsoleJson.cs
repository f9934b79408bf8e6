using System.Text.Json.Serialization;

namespace OrleansRealtime.Server.Operators;

/// <summary>How what the console reads becomes JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodeSample))]
[JsonSerializable(typeof(IReadOnlyList<BusyChannel>))]
[JsonSerializable(typeof(PastPoints))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
