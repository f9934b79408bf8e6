using System.Collections.Immutable;
using System.Text.Json;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Subscribers;
using OrleansRealtime.Runtime.Grains;

namespace OrleansRealtime.Samples.OrleansGame;

/// <summary>Runs one arena: hears its players' moves, lets ten ticks a second pass, and publishes what changed.</summary>
internal sealed class ArenaGrain(IChannels channels, IUsers users, ILogger<ArenaGrain> logger) : Grain, IArenaGrain, IChannelSubscriber
{
    private static readonly Caller Game = Caller.Trusted("arena");
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RollCallInterval = TimeSpan.FromSeconds(5);

    private readonly Arena _arena = new(Random.Shared);
    private readonly Dictionary<string, DateTimeOffset> _joinedAt = [];
    private IGrainTimer? _ticks;
    private ChannelName _channel;
    private DateTimeOffset _rollCallAt;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var moves = ChannelName.Parse(this.GetPrimaryKeyString());
        _channel = ChannelName.Parse(string.Concat("arena:", moves.Value.AsSpan("moves:".Length)));

        // The channel keeps the latest of each piece, so it is the game's memory too.
        var snapshot = await channels.Get(_channel).ReadSnapshotAsync(cancellationToken);
        foreach (var publication in snapshot.Publications)
        {
            _arena.Restore(publication.Key!, JsonSerializer.Deserialize(publication.Payload.Bytes.Span, GameJson.Default.Piece)!);
        }

        // A direction is only of use now; what was missed while the grain was down was steered by somebody who saw nothing.
        this.SubscribeToChannel(moves, ChannelStart.Live);
        StartOrStop();
    }

    public Task JoinAsync(string player)
    {
        _arena.Join(player);
        _joinedAt[player] = Now();
        StartOrStop();
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<SeenPiece>> LookAsync() => Task.FromResult(_arena.Pieces
        .Select(static piece => new SeenPiece(piece.Key, piece.Value.X, piece.Value.Y, piece.Value.Coins))
        .ToImmutableArray());

    public async Task OnPublicationsAsync(PublicationBatch batch, CancellationToken cancellationToken)
    {
        foreach (var move in batch.Publications)
        {
            if (!_arena.TryTurn(move.From.Value, DirectionOf(move)) && !move.From.IsServer)
            {
                // The page never sends that.
                logger.PlayerCheated(move.From.Value);
                await users.Get(UserId.Parse(move.From.Value)).DisconnectAsync(null, CloseReason.Kicked, cancellationToken);
            }
        }
    }

    // The players steer on; nothing has to be made up for.
    public Task OnInterruptedAsync(ChannelInterruption interruption, CancellationToken cancellationToken) => Task.CompletedTask;

    private static string? DirectionOf(Publication move)
    {
        try
        {
            return JsonSerializer.Deserialize(move.Payload.Bytes.Span, GameJson.Default.Turn)?.To;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        var winner = _arena.Tick();
        try
        {
            await CallTheRollAsync(cancellationToken);
            await PublishAsync(winner, cancellationToken);
            _arena.Forget();
        }
        catch (ActorUnavailableException failure)
        {
            // The next tick sends what is the latest then.
            logger.TickNotPublished(_channel.Value, failure);
        }

        StartOrStop();
    }

    /// <summary>Now and then: who neither looks at the arena nor joined a moment ago, as the bot does all the time, has left.</summary>
    private async Task CallTheRollAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        if (now < _rollCallAt)
        {
            return;
        }

        _rollCallAt = now + RollCallInterval;
        var presence = await channels.Get(_channel).PresenceAsync(Game, cancellationToken);
        var present = presence.Members.Select(static member => member.User.Value).ToHashSet();
        foreach (var player in _arena.Players.Where(player => !present.Contains(player)).ToList())
        {
            if (!_joinedAt.TryGetValue(player, out var joined) || now - joined > RollCallInterval)
            {
                _joinedAt.Remove(player);
                _arena.Leave(player);
            }
        }
    }

    private async Task PublishAsync(string? winner, CancellationToken cancellationToken)
    {
        var changes = _arena.Changes.Select(static change => new PublishRequest(Game, PayloadOf(change.Piece), Key: change.Name));
        ImmutableArray<PublishRequest> requests = winner is null ? [.. changes] : [.. changes, new PublishRequest(Game, PayloadOf(new Victory(winner)))];
        if (!requests.IsEmpty)
        {
            await Task.WhenAll(requests.Select(request => channels.Get(_channel).PublishAsync(request, cancellationToken).AsTask()));
        }
    }

    private static Payload PayloadOf(Piece? piece) =>
        Payload.Json(piece is null ? "null"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(piece, GameJson.Default.Piece));

    private static Payload PayloadOf(Victory victory) =>
        Payload.Json(JsonSerializer.SerializeToUtf8Bytes(victory, GameJson.Default.Victory));

    /// <summary>Time passes while somebody plays; an empty arena is collected by Orleans.</summary>
    private void StartOrStop()
    {
        var isPlayed = _arena.Players.Any() || _arena.Changes.Any();
        if (isPlayed && _ticks is null)
        {
            _ticks = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(TickInterval, TickInterval) { KeepAlive = true });
        }
        else if (!isPlayed)
        {
            _ticks?.Dispose();
            _ticks = null;
        }
    }

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();
}
