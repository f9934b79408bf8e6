using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>All clients of one run, in one event loop, and what they saw.</summary>
internal sealed class LoadRun : IDisposable
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromMinutes(2);

    private readonly EventLoop _loop;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Dictionary<string, LoadChannel> _channels = [];
    private TaskCompletionSource _joined = new();
    private IReadOnlyList<LoadClient> _joiners = [];
    private int _joining;
    private long _deliveries;
    private long _connecting;

    public LoadRun(Dialect dialect, int port)
    {
        Dialect = dialect;
        Server = new IPEndPoint(IPAddress.Loopback, port);
        _loop = new EventLoop(0, TimeProvider.System, exception => _faults.Enqueue(exception.ToString()));
        _loop.Start();
    }

    public Dialect Dialect { get; }

    /// <summary>Where clients connect to from now on.</summary>
    public IPEndPoint Server { get; set; }

    public List<LoadClient> Clients { get; } = [];

    /// <summary>From when a publication was due to when it was read, since it was cleared; touched in the loop.</summary>
    public Latencies Latencies { get; } = new();

    /// <summary>From connect to subscribed.</summary>
    public Latencies Joins { get; } = new();

    public long Deliveries => Volatile.Read(ref _deliveries);

    /// <summary>Numbers that were passed over without a word.</summary>
    public long Lost { get; private set; }

    /// <summary>Numbers that came again, or after a higher one.</summary>
    public long Doubled { get; private set; }

    /// <summary>Connections that ended without being asked to.</summary>
    public int Ended { get; private set; }

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Connects new clients and waits until all have joined.</summary>
    public Task JoinAsync(int count, Func<int, string> channelOf) => ConnectAsync(Add(count, channelOf));

    /// <summary>Adds clients that are ready to connect.</summary>
    public IReadOnlyList<LoadClient> Add(int count, Func<int, string> channelOf)
    {
        var first = Clients.Count;
        for (var i = first; i < first + count; i++)
        {
            var name = channelOf(i);
            if (!_channels.TryGetValue(name, out var channel))
            {
                _channels.Add(name, channel = new LoadChannel(name));
            }

            Clients.Add(new LoadClient(this, _loop, i, channel));
            Clients[i].Prepare(resumes: false);
        }

        return Clients[first..];
    }

    /// <summary>Connects clients, at most so many at a time, and waits until all have joined.</summary>
    public async Task ConnectAsync(IReadOnlyList<LoadClient> clients, int concurrency = 200)
    {
        _joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _joiners = clients;
        _joining = clients.Count;
        _connecting = 0;
        for (var i = 0; i < Math.Min(concurrency, clients.Count); i++)
        {
            ConnectNext();
        }

        await _joined.Task.WaitAsync(JoinPatience);
    }

    /// <summary>Runs something in the loop and waits for it.</summary>
    public Task InLoopAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(new Work(() =>
        {
            action();
            done.SetResult();
        }));
        return done.Task;
    }

    /// <summary>Waits until something is so of all clients, asking in the loop. False when it is not in time.</summary>
    public async Task<bool> UntilAllAsync(IReadOnlyList<LoadClient> clients, Func<LoadClient, bool> isSo, TimeSpan patience)
    {
        var open = clients;
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(5))
        {
            await InLoopAsync(() => open = [.. open.Where(client => !isSo(client))]);
            if (open.Count == 0)
            {
                return true;
            }

            if (waited.Elapsed > patience)
            {
                return false;
            }
        }
    }

    /// <summary>Waits for what is under way, and counts what does not come in time as lost.</summary>
    public async Task SettleAsync(TimeSpan patience)
    {
        await UntilAllAsync(Clients, static client => client.Last >= client.Channel.Published, patience);
        await InLoopAsync(() => Lost += Clients.Sum(static client => Math.Max(0, client.Channel.Published - client.Last)));
    }

    /// <summary>Counts what was found to be lost in another way than by its number.</summary>
    public void CountLost(long publications) => Lost += publications;

    public void OnJoined(LoadClient client)
    {
        Joins.Add(Stopwatch.GetTimestamp() - client.ConnectedAt);
        ConnectNext();
        if (Interlocked.Decrement(ref _joining) == 0)
        {
            _joined.TrySetResult();
        }
    }

    public void OnDelivered(LoadClient client, long number, long due)
    {
        _deliveries++;
        if (number <= client.Last)
        {
            Doubled++;
        }
        else if (number > client.Last + 1)
        {
            Lost += client.ExpectsGap ? 0 : number - client.Last - 1;
            client.ExpectsGap = false;
        }

        var latency = Stopwatch.GetTimestamp() - due;
        Latencies.Add(latency);
        client.Latencies?.Add(latency);
    }

    public void OnLost(string why)
    {
        Ended++;
        if (_faults.Count < 20)
        {
            _faults.Enqueue(why);
        }
    }

    public void Dispose()
    {
        InLoopAsync(() => Clients.ForEach(static client => client.Close())).Wait(TimeSpan.FromSeconds(20));
        _loop.Dispose();
    }

    private void ConnectNext()
    {
        var next = Interlocked.Increment(ref _connecting) - 1;
        if (next < _joiners.Count)
        {
            _loop.Post(_joiners[(int)next]);
        }
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
