using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>All clients of one run against one server, in one event loop, and what they saw.</summary>
internal sealed class LoadRun : IDisposable
{
    private readonly EventLoop _loop;
    private readonly IPEndPoint _server;
    private readonly ConcurrentQueue<string> _faults = new();
    private TaskCompletionSource _joined = new();
    private int _joining;
    private long _deliveries;
    private long _connecting;

    public LoadRun(Dialect dialect, int port)
    {
        Dialect = dialect;
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _loop = new EventLoop(0, TimeProvider.System, exception => _faults.Enqueue(exception.ToString()));
        _loop.Start();
    }

    public Dialect Dialect { get; }

    public List<LoadClient> Clients { get; } = [];

    /// <summary>Of deliveries and joins, since it was cleared; touched in the loop.</summary>
    public Latencies Latencies { get; } = new();

    /// <summary>Of joins: from connect to subscribed.</summary>
    public Latencies Joins { get; } = new();

    public long Deliveries => Volatile.Read(ref _deliveries);

    public long BytesReceived { get; set; }

    public long Lost { get; private set; }

    public long Doubled { get; private set; }

    public int Ended { get; private set; }

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Connects clients, at most so many at a time, and waits until all have joined.</summary>
    public async Task JoinAsync(int count, Func<int, string> channelOf, int concurrency = 200)
    {
        _joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _joining = count;
        var first = Clients.Count;
        for (var i = 0; i < count; i++)
        {
            Clients.Add(new LoadClient(this, _loop, _server, first + i, channelOf(first + i)));
        }

        _connecting = first;
        for (var i = 0; i < Math.Min(concurrency, count); i++)
        {
            ConnectNext();
        }

        await _joined.Task.WaitAsync(TimeSpan.FromMinutes(2));
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

    public void OnJoined(LoadClient client)
    {
        Joins.Add(Stopwatch.GetTimestamp() - client.ConnectedAt);
        ConnectNext();
        CountDown();
    }

    public void OnDelivered(LoadClient client, long number, long last, long due)
    {
        _deliveries++;
        if (number <= last)
        {
            Doubled++;
        }
        else if (last > 0 && number > last + 1)
        {
            Lost += number - last - 1;
        }

        Latencies.Add(Stopwatch.GetTimestamp() - due);
    }

    public void OnLost(LoadClient client, string why)
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
        if (next < Clients.Count)
        {
            _loop.Post(Clients[(int)next]);
        }
    }

    private void CountDown()
    {
        if (Interlocked.Decrement(ref _joining) == 0)
        {
            _joined.TrySetResult();
        }
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
