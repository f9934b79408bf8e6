using System.Globalization;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Samples.Dashboard;

/// <summary>
/// A hall with 2000 thermometers. Each is read 25 times a second, and publishes its reading, with its number as the key, when that has
/// changed by 0.2 °C.
/// </summary>
internal sealed class Hall(IChannels channels, IConfiguration configuration, TimeProvider clock) : BackgroundService
{
    private const int Columns = 50;
    private const int Rows = 40;
    private static readonly Caller Sensors = Caller.Trusted("sensors");

    private readonly IChannel _channel = channels.Get(ChannelName.Parse("hall:temperature"));
    private readonly TimeSpan _interval = configuration.GetValue("Interval", TimeSpan.FromMilliseconds(40));
    private readonly int[] _fifths = new int[Columns * Rows];
    private double _seconds;
    private volatile bool _isPaused;

    /// <summary>Stops or continues the weather, and publishes that under a key of its own.</summary>
    public Task PauseAsync(bool isPaused, CancellationToken cancellationToken)
    {
        _isPaused = isPaused;
        return PublishAsync("paused", isPaused ? "true" : "false", cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (_isPaused)
            {
                continue;
            }

            _seconds += _interval.TotalSeconds;
            for (var sensor = 0; sensor < _fifths.Length; sensor++)
            {
                var fifths = (int)Math.Round(5 * Temperature(sensor % Columns, sensor / Columns, _seconds));
                if (fifths != _fifths[sensor])
                {
                    _fifths[sensor] = fifths;
                    await PublishAsync(
                        sensor.ToString(CultureInfo.InvariantCulture),
                        (fifths / 5m).ToString(CultureInfo.InvariantCulture),
                        stoppingToken);
                }
            }
        }
    }

    private async Task PublishAsync(string key, string json, CancellationToken cancellationToken)
    {
        var outcome = await _channel.PublishAsync(new PublishRequest(Sensors, Payload.Json(json), Key: key), cancellationToken);
        if (outcome.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"A reading was refused: {refusal.Detail}");
        }
    }

    // Three warm clouds that drift through a hall of 22 °C, each in its own rhythm.
    private static double Temperature(int x, int y, double seconds)
    {
        var temperature = 22.0;
        for (var cloud = 0; cloud < 3; cloud++)
        {
            var dx = x - (Columns * (0.5 + (0.45 * Math.Sin((seconds * (0.11 + (0.04 * cloud))) + (2 * cloud)))));
            var dy = y - (Rows * (0.5 + (0.45 * Math.Cos((seconds * (0.07 + (0.03 * cloud))) + cloud))));
            temperature += (18 - (5 * cloud)) * Math.Exp(-((dx * dx) + (dy * dy)) / (60 + (40 * cloud)));
        }

        return temperature;
    }
}
