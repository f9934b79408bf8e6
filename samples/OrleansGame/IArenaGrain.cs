using System.Collections.Immutable;

namespace OrleansRealtime.Samples.OrleansGame;

/// <summary>An arena; its key is the name of the channel with its players' moves, as in <c>moves:garden</c>.</summary>
[Alias("samples.IArenaGrain")]
[GrainInterfaceType("samples.arena")]
public interface IArenaGrain : IGrainWithStringKey
{
    /// <summary>Puts a player into the arena, unless it is there.</summary>
    [Alias("join")]
    Task JoinAsync(string player);

    /// <summary>What lies and stands where.</summary>
    [Alias("look")]
    Task<ImmutableArray<SeenPiece>> LookAsync();
}

/// <summary>A player or a coin.</summary>
/// <param name="Name">The player, or <c>coin</c> and a number.</param>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
/// <param name="Coins">How many a player has; null for a coin.</param>
[GenerateSerializer]
[Immutable]
[Alias("samples.SeenPiece")]
public sealed record SeenPiece([property: Id(0)] string Name, [property: Id(1)] int X, [property: Id(2)] int Y, [property: Id(3)] int? Coins);
