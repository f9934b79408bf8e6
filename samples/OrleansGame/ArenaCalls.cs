using System.Text.Json;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Samples.OrleansGame;

/// <summary>Answers what pages call: a request comes in over a socket and goes to a grain.</summary>
internal sealed class ArenaCalls(IGrainFactory grains) : ICallHandler
{
    public async ValueTask<CallOutcome> HandleAsync(UserId user, string method, Payload data, CancellationToken cancellationToken)
    {
        if (method != "join" || !TryFindArena(data, out var moves))
        {
            return new CallOutcome(new RealtimeError(RealtimeErrorCode.BadRequest, """Only {"arena":"name"} with the method join is known."""), default);
        }

        await grains.GetGrain<IArenaGrain>(moves.Value).JoinAsync(user.Value);
        var entry = new Entry(null, Arena.Width, Arena.Height, Arena.CoinsToWin);
        return new CallOutcome(null, Payload.Json(JsonSerializer.SerializeToUtf8Bytes(entry, GameJson.Default.Entry)));
    }

    private static bool TryFindArena(Payload data, out ChannelName moves)
    {
        try
        {
            return ChannelName.TryParse($"moves:{JsonSerializer.Deserialize(data.Bytes.Span, GameJson.Default.Entry)?.Arena}", out moves);
        }
        catch (JsonException)
        {
            moves = default;
            return false;
        }
    }
}
