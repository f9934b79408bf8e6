using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Samples.Game;

/// <summary>What a player asks for; one of these.</summary>
internal sealed record Wish(bool Sit, bool Again, int? Tile);

/// <summary>What the player is told: how many tiles of others the move took.</summary>
internal sealed record MoveAnswer(int Taken);

/// <summary>The referee, inside the channel: a player publishes what they wish, and what is published is the board after it.</summary>
/// <remarks>
/// All moves of a game come here one by one, in the turn that numbers them, so of two who want the same tile one is first. The
/// channel is compact and the board its only key: who comes late is given the latest, and so are these rules after a restart.
/// </remarks>
internal sealed class GameRules : IChannelBehavior
{
    private const string Key = "board";
    private const int KeptBoards = 1024;

    // Not only the latest: what was accepted may yet be aborted, if the store fails.
    private readonly List<(long Sequence, Board Board)> _boards = [(0, Board.Empty)];

    public void OnRestored(ImmutableArray<Publication> remembered)
    {
        var latest = remembered.Last(static publication => publication.Key == Key);
        _boards.Add((latest.Sequence, JsonSerializer.Deserialize(latest.Payload.Bytes.Span, GameJson.Default.Board)!));
    }

    public PublicationVerdict OnPublishing(in ProposedPublication proposed)
    {
        var board = _boards[^1].Board;
        var (user, now) = (proposed.From.Value, proposed.Time.ToUnixTimeMilliseconds());
        var refusal = "A move has the key 'board' and is {\"sit\":true}, {\"tile\":0} or {\"again\":true}.";
        var after = proposed.Key != Key ? null : Read(proposed.Payload) switch
        {
            { Sit: true } => board.Sit(user, now, out refusal),
            { Tile: { } tile } => board.Take(user, tile, now, out refusal),
            { Again: true } => board.Again(user, out refusal),
            _ => null,
        };
        if (after is null)
        {
            return PublicationVerdict.Reject(refusal);
        }

        _boards.Add((proposed.Sequence, after));
        _boards.RemoveRange(0, Math.Max(0, _boards.Count - KeptBoards));
        return PublicationVerdict.Replace(
            Payload.Json(JsonSerializer.SerializeToUtf8Bytes(after, GameJson.Default.Board)),
            Payload.Json(JsonSerializer.SerializeToUtf8Bytes(new MoveAnswer(after.Last?.Taken.Length ?? 0), GameJson.Default.MoveAnswer)));
    }

    public void OnAborted(long firstSequence) => _boards.RemoveAll(kept => kept.Sequence >= firstSequence);

    private static Wish? Read(Payload payload)
    {
        try
        {
            return payload.Kind == PayloadKind.Json ? JsonSerializer.Deserialize(payload.Bytes.Span, GameJson.Default.Wish) : null;
        }
        catch (JsonException)
        {
            // Valid JSON, but no wish.
            return null;
        }
    }
}

/// <summary>Gives every game its referee.</summary>
internal sealed class GameRulesFactory : IChannelBehaviorFactory
{
    public IChannelBehavior? Create(ChannelName channel) => channel.Namespace == "game" ? new GameRules() : null;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Wish))]
[JsonSerializable(typeof(MoveAnswer))]
[JsonSerializable(typeof(Board))]
internal sealed partial class GameJson : JsonSerializerContext;
