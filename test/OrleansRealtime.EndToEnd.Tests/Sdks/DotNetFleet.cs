using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using OrleansRealtime.Client;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>A fleet of the .NET SDK, in this process.</summary>
internal sealed class DotNetFleet : IFleet
{
    private readonly FleetOptions _options;
    private readonly HttpClient _http = new();
    private readonly Random _random;
    private readonly List<RealtimeClient> _clients = [];
    private readonly List<Task> _reading = [];
    private readonly List<Task> _writing = [];
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, int> _published = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _allLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _heard;
    private int _live;
    private int _returns;

    private DotNetFleet(FleetOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
    }

    public static DotNetFleet Start(FleetOptions options)
    {
        var fleet = new DotNetFleet(options);
        for (var i = 0; i < options.Readers; i++)
        {
            fleet.AddReader(i);
        }

        for (var i = 0; i < options.Writers; i++)
        {
            var index = i;
            var client = fleet.Add($"{options.Name}-w{index}");
            fleet._writing.Add(fleet.WriteAsync(client, index));
        }

        return fleet;
    }

    public Task<FleetReport> AskAsync() => Task.FromResult(new FleetReport(
        _published,
        Volatile.Read(ref _heard),
        _clients.Count(static client => client.State == ClientState.Connected),
        Volatile.Read(ref _live),
        Volatile.Read(ref _returns),
        [.. _faults.Take(20)]));

    public async Task<FleetReport> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writing);
        return await AskAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients.Select(static client => client.DisposeAsync().AsTask()));
        await Task.WhenAll(_reading.Concat(_writing));
        _http.Dispose();
        _stop.Dispose();
    }

    private RealtimeClient Add(string user)
    {
        var client = new RealtimeClient(new RealtimeClientOptions
        {
            Address = _options.Url,
            TokenProvider = async cancel => await _http.GetStringAsync(new Uri($"{_options.Tokens}?user={user}"), cancel),
            Jitter = NextJitter,
        });
        var wasConnected = 0;
        client.StateChanged += (_, change) =>
        {
            if (change.State == ClientState.Closed && !_stop.IsCancellationRequested)
            {
                Fault($"{user} was closed: {change.Reason}");
            }

            if (change.State == ClientState.Connected && Interlocked.Exchange(ref wasConnected, 1) == 1)
            {
                Interlocked.Increment(ref _returns);
            }
        };
        _clients.Add(client);
        _ = ConnectAsync(client, user);
        return client;
    }

    private async Task ConnectAsync(RealtimeClient client, string user)
    {
        try
        {
            await client.ConnectAsync(_stop.Token);
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            Fault($"{user} did not connect: {exception.Message}");
        }
        catch (Exception)
        {
            // The fleet was stopped before this one had a connection.
        }
    }

    private double NextJitter()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    private void AddReader(int index)
    {
        var who = $"{_options.Name}-r{index}";
        var client = Add(who);
        var subscription = client.Subscribe(_options.Channels[index % _options.Channels.Count]);
        var isLive = 0;
        var isFirst = true;
        subscription.Noticed += (_, notice) =>
        {
            if (notice is not SubscribedNotice taken)
            {
                Fault($"{who} was told {notice}");
                return;
            }

            // Readers are live before the first publication, so that each hears all.
            if (isFirst ? taken.Position.Sequence != 0 : !taken.Recovered)
            {
                Fault($"{who} was taken up like this: {taken}");
            }

            isFirst = false;
            if (Interlocked.Exchange(ref isLive, 1) == 0 && Interlocked.Increment(ref _live) == _options.Readers)
            {
                _allLive.TrySetResult();
            }
        };
        client.StateChanged += (_, change) =>
        {
            if (change.State != ClientState.Connected && Interlocked.Exchange(ref isLive, 0) == 1)
            {
                Interlocked.Decrement(ref _live);
            }
        };
        _reading.Add(FollowAsync(subscription, who));
    }

    private async Task FollowAsync(Subscription subscription, string who)
    {
        var last = 0L;
        var counts = new Dictionary<string, int>();
        try
        {
            await foreach (var publication in subscription)
            {
                var from = publication.From.Value;
                var expected = counts.GetValueOrDefault(from);
                var data = Encoding.UTF8.GetString(publication.Payload.Bytes.Span);
                if (publication.Position.Sequence != last + 1 || data != expected.ToString(CultureInfo.InvariantCulture))
                {
                    Fault($"{who} heard {publication.Position} with {data} of {from} after {last}, instead of {expected}");
                }

                counts[from] = expected + 1;
                last = publication.Position.Sequence;
                Interlocked.Increment(ref _heard);
            }
        }
        catch (Exception exception)
        {
            Fault($"{who} could not go on: {exception.Message}");
        }
    }

    private async Task WriteAsync(RealtimeClient client, int index)
    {
        var name = _options.Channels[index % _options.Channels.Count];
        var channel = ChannelName.Parse(name);
        var waiting = new List<Task>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(_options.PaceMs));
        try
        {
            await _allLive.Task.WaitAsync(_stop.Token);
            for (var number = 0; await pace.WaitForNextTickAsync(_stop.Token); number++)
            {
                // As applications should that write faster than a bad line carries.
                await client.WhenRoomAsync(_stop.Token);
                waiting.Add(PublishAsync(client, channel, number, $"{_options.Name}-{index}-{number}"));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(waiting);
        }
    }

    private async Task PublishAsync(RealtimeClient client, ChannelName channel, int number, string messageId)
    {
        try
        {
            await client.PublishAsync(channel, Payload.Json(number.ToString(CultureInfo.InvariantCulture)), messageId: messageId);
            _published.AddOrUpdate(channel.Value, 1, static (_, count) => count + 1);
        }
        catch (Exception exception)
        {
            Fault($"a publish failed: {exception.Message}");
        }
    }

    private void Fault(string text) => _faults.Enqueue(text);
}
