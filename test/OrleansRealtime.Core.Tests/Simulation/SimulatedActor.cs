using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Core.Tests.Simulation;

/// <summary>One life of the channel's host in a simulation: its turns, its calls to the log, and what it has sent.</summary>
internal sealed class SimulatedActor : IDelivery, IActivation
{
    private readonly List<Action<Exception>> _callers = [];
    private readonly Queue<Action> _held = [];
    private bool _isOpen;

    public SimulatedActor(int number, ChannelName channel, IChannelLog truth, Func<SimulatedActor, ChannelHostServices> services)
    {
        Number = number;
        Log = new FaultyChannelLog(truth, method =>
        {
            var call = new TaskCompletionSource<LogFault>(TaskCreationOptions.RunContinuationsAsynchronously);
            // A process that is gone asks for nothing more; what it asked for before may still be done.
            if (!IsCrashed)
            {
                LogCalls.Add((method, call));
            }

            return call.Task;
        });
        Host = new ChannelHost(channel, services(this), this);
        Activation = Turns.Start(() => Host.ActivateAsync(CancellationToken.None));
        Turns.Start(() => new ValueTask(OpenAsync()));
    }

    public int Number { get; }

    public TurnContext Turns { get; } = new();

    public IChannelLog Log { get; }

    public ChannelHost Host { get; }

    public Task Activation { get; }

    public Task? Deactivation { get; private set; }

    /// <summary>Calls to the log that have not been decided yet.</summary>
    public List<(string Method, TaskCompletionSource<LogFault> Call)> LogCalls { get; } = [];

    /// <summary>What is on its way to the edges, in order for each edge.</summary>
    public Dictionary<EdgeId, Queue<EdgeMessage>> OnTheWay { get; } = [];

    public bool IsCrashed { get; private set; }

    public bool WantsToEnd { get; private set; }

    public bool IsOver => IsCrashed || Deactivation is { IsCompleted: true } || Activation.IsFaulted;

    /// <summary>Calls the host; the answer, or a failure when the host crashes first, comes back by <paramref name="done"/>.</summary>
    public void Call<T>(Func<ChannelHost, ValueTask<T>> call, Action<T> done, Action<Exception> failed)
    {
        var isAnswered = false;
        _callers.Add(failure =>
        {
            if (!isAnswered)
            {
                isAnswered = true;
                failed(failure);
            }
        });
        // Posted, and held back until the activation is over: calls keep their order, as they do in a mailbox.
        Turns.Post(_ => Enter(RunAsync), null);

        async void RunAsync()
        {
            try
            {
                await Activation;
                var result = await call(Host);
                if (!isAnswered)
                {
                    isAnswered = true;
                    done(result);
                }
            }
            catch (ActorUnavailableException unavailable)
            {
                if (!isAnswered)
                {
                    isAnswered = true;
                    failed(unavailable);
                }
            }
        }
    }

    /// <summary>The process of this host is gone; what it had asked of the store may still happen there.</summary>
    public void Crash()
    {
        IsCrashed = true;
        foreach (var caller in _callers)
        {
            caller(new ActorUnavailableException("The process is gone."));
        }
    }

    public void Tick()
    {
        if (Activation.IsCompletedSuccessfully && !IsOver && Host.NextDue is not null)
        {
            Turns.Start(() => Host.TickAsync());
        }
    }

    public void End() => Deactivation ??= Turns.Start(() => Host.DeactivateAsync(CancellationToken.None));

    private void Enter(Action call)
    {
        if (_isOpen)
        {
            call();
        }
        else
        {
            _held.Enqueue(call);
        }
    }

    private async Task OpenAsync()
    {
        await Activation.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _isOpen = true;
        while (_held.TryDequeue(out var call))
        {
            call();
        }
    }

    void IDelivery.Send(EdgeId edge, EdgeMessage message)
    {
        if (IsCrashed)
        {
            return;
        }

        if (!OnTheWay.TryGetValue(edge, out var queue))
        {
            OnTheWay.Add(edge, queue = new Queue<EdgeMessage>());
        }

        queue.Enqueue(message);
    }

    void IActivation.Deactivate(string reason) => WantsToEnd = true;
}
