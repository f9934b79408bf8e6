using System.Text.Json.Serialization;

namespace OrleansRealtime.Samples.OrleansGame;

/// <summary>A player or a coin, as the arena's channel has it under its name.</summary>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
/// <param name="Coins">How many a player has; null for a coin.</param>
internal sealed record Piece(int X, int Y, int? Coins);

/// <summary>Somebody won; told without a name, so it is history and no state.</summary>
internal sealed record Victory(string Winner);

/// <summary>What a player publishes: <c>left</c>, <c>right</c>, <c>up</c> or <c>down</c>.</summary>
internal sealed record Turn(string? To);

/// <summary>What a player asks for to be let in, and is told.</summary>
internal sealed record Entry(string? Arena, int Width, int Height, int CoinsToWin);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Piece))]
[JsonSerializable(typeof(Victory))]
[JsonSerializable(typeof(Turn))]
[JsonSerializable(typeof(Entry))]
internal sealed partial class GameJson : JsonSerializerContext;
