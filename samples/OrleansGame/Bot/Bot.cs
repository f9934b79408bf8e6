using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Samples.OrleansGame.Bot;

/// <summary>Plays: looks where the nearest coin is, and publishes a move towards it.</summary>
internal sealed class Bot(IGrainFactory grains, IChannels channels, IConfiguration configuration) : BackgroundService
{
    private static readonly Caller Me = Caller.Trusted("bot");
    private static readonly TimeSpan ThinkInterval = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var moves = ChannelName.Parse($"moves:{configuration["Arena"] ?? "garden"}");
        var arena = grains.GetGrain<IArenaGrain>(moves.Value);
        using var timer = new PeriodicTimer(ThinkInterval, TimeProvider.System);
        do
        {
            await arena.JoinAsync(Me.Sender.Value);
            if (Choose(await arena.LookAsync()) is { } direction)
            {
                var move = Payload.Json($$"""{"to":"{{direction}}"}""");
                await channels.Get(moves).PublishAsync(new PublishRequest(Me, move), stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static string? Choose(ImmutableArray<SeenPiece> pieces)
    {
        var me = pieces.FirstOrDefault(static piece => piece.Name == Me.Sender.Value);
        var coin = pieces
            .Where(static piece => piece.Coins is null)
            .MinBy(coin => me is null ? 0 : Math.Abs(coin.X - me.X) + Math.Abs(coin.Y - me.Y));
        if (me is null || coin is null)
        {
            return null;
        }

        return coin.X != me.X ? (coin.X < me.X ? "left" : "right") : coin.Y < me.Y ? "up" : "down";
    }
}
