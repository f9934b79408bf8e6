using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Edge.Limits;

namespace OrleansRealtime.Edge;

/// <summary>One edge: its connections, the channels that it has something of, and what they share. Safe for concurrent use.</summary>
/// <remarks>It keeps nothing that cannot be rebuilt. Disposed, it no longer receives anything.</remarks>
internal sealed class EdgeNode : IEdgeInbox, IDisposable
{
    private readonly IDisposable _registration;
    private readonly CancellationTokenSource _stopping = new();
    private long _lastConnection;
    private int _isDraining;
    private int _backgroundCount;

    /// <summary>Creates the edge and makes it known to the runtime.</summary>
    public EdgeNode(EdgeNodeServices services)
    {
        Id = new EdgeId(RandomNumberGenerator.GetHexString(16, lowercase: true));
        Clock = services.Clock;
        Options = services.Options.Value;
        Limits = services.Limits.Value;
        DrainOptions = services.Drain.Value;
        AuthenticationOptions = services.Authentication.Value;
        Channels = services.Channels;
        Users = services.Users;
        Policies = services.Policies;
        Metrics = services.Metrics;
        Log = services.Log;
        var shards = services.Sockets?.Loops.Count ?? Options.EventLoopCount;
        Shards = [.. Enumerable.Range(0, shards).Select(index => new Shard(
            index,
            new DeliveryLatency(Metrics, Clock),
            Log.BackgroundFailed,
            services.Sockets is { } sockets ? sockets.Loops[index].Post : null))];
        Conflation = new ConflationTimer(Clock);
        Attachments = new AttachmentTable(this);
        Connections = new ConnectionTable(this);
        Access = new EdgeAccess(this, services.Authorizer);
        Authentication = new Authenticator(this, services.Tokens);
        Subscriber = new Subscriber(this);
        Publisher = new Publisher(this);
        Inquiries = new Inquiries(this, services.Calls);
        Dispatcher = new CommandDispatcher(this);
        _registration = services.Directory.Register(Id, this);
        Metrics.Observe(this);
    }

    /// <summary>Names this life of the process.</summary>
    public EdgeId Id { get; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; }

    /// <summary>How connections are treated.</summary>
    public EdgeOptions Options { get; }

    /// <summary>What is admitted at most.</summary>
    public LimitOptions Limits { get; }

    /// <summary>How the node goes down.</summary>
    public DrainOptions DrainOptions { get; }

    /// <summary>How tokens are checked.</summary>
    public AuthenticationOptions AuthenticationOptions { get; }

    /// <summary>All channels of the system.</summary>
    public IChannels Channels { get; }

    /// <summary>All users of the system.</summary>
    public IUsers Users { get; }

    /// <summary>The policies in force.</summary>
    public IChannelPolicies Policies { get; }

    /// <summary>What is counted.</summary>
    public EdgeMetrics Metrics { get; }

    /// <summary>The log.</summary>
    public ILogger Log { get; }

    /// <summary>The executors that own the subscriptions, one per core.</summary>
    public IReadOnlyList<Shard> Shards { get; }

    /// <summary>The timer of subscribers that are served at intervals.</summary>
    public ConflationTimer Conflation { get; }

    /// <summary>The channels that this edge has something of.</summary>
    public AttachmentTable Attachments { get; }

    /// <summary>The connections.</summary>
    public ConnectionTable Connections { get; }

    /// <summary>Who may do what, as far as the edge decides.</summary>
    public EdgeAccess Access { get; }

    /// <summary>Lets connections in.</summary>
    public Authenticator Authentication { get; }

    /// <summary>Carries out <c>subscribe</c>.</summary>
    public Subscriber Subscriber { get; }

    /// <summary>Carries out <c>publish</c>.</summary>
    public Publisher Publisher { get; }

    /// <summary>Carries out what only asks.</summary>
    public Inquiries Inquiries { get; }

    /// <summary>Takes commands in order.</summary>
    public CommandDispatcher Dispatcher { get; }

    /// <summary>Cancelled when the node is disposed.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Whether new connections are refused because this node goes down.</summary>
    public bool IsDraining => Volatile.Read(ref _isDraining) != 0;

    /// <summary>How many connections were opened so far.</summary>
    public long OpenedCount => Interlocked.Read(ref _lastConnection);

    /// <summary>How many pieces of work run that nobody awaits.</summary>
    public int BackgroundCount => Volatile.Read(ref _backgroundCount);

    /// <summary>Opens a connection over a carrier that is up; its owner must start it, and say when it ended.</summary>
    /// <param name="transport">The carrier.</param>
    /// <param name="guard">What watches it.</param>
    /// <param name="shard">Where its subscriptions live; on any shard by default.</param>
    public Connection Open(ITransport transport, IConnectionGuard guard, Shard? shard = null)
    {
        var id = new ConnectionId(Interlocked.Increment(ref _lastConnection));
        var connection = new Connection(this, id, transport, guard, shard ?? Shards[(int)(id.Value % Shards.Count)]);
        Connections.Add(connection);
        Metrics.Opened(transport.Kind);
        return connection;
    }

    /// <summary>The user of a connection is known.</summary>
    public void OnOpened(Connection connection)
    {
        Connections.AddUser(connection);
        if (Log.IsEnabled(LogLevel.Information))
        {
            Log.ConnectionOpened(connection.Id.Value, connection.Identity!.User.Value, connection.Transport.Kind.ToString());
        }

        if (IsDraining)
        {
            connection.Drain(DrainOptions.Window * Random.Shared.NextDouble(), "this node goes down");
        }
    }

    /// <summary>A connection ended.</summary>
    public void OnEnded(Connection connection)
    {
        Connections.Remove(connection);
        Metrics.Closed(connection.Transport.Kind, connection.CloseReason!);
        if (Log.IsEnabled(LogLevel.Information))
        {
            Log.ConnectionClosed(
                connection.Id.Value,
                connection.Identity?.User.Value ?? "-",
                connection.CloseReason!.Code,
                connection.CloseReason.Reason);
        }

        if (connection.Identity is not null)
        {
            EndSession(connection);
        }
    }

    /// <summary>Tells the user's actor that a connection is gone.</summary>
    public void EndSession(Connection connection) => Track(EndSessionAsync(connection));

    /// <inheritdoc/>
    public void Receive(EdgeMessage message)
    {
        switch (message)
        {
            case ChannelMessage channelMessage:
                Attachments.Find(channelMessage.Channel)?.Receive(channelMessage);
                break;
            case CloseConnectionsMessage close:
                foreach (var id in close.Connections)
                {
                    Connections.Find(id)?.Close(close.Reason);
                }

                break;
        }
    }

    /// <summary>Refuses new connections from now on.</summary>
    public void BeginDrain() => Volatile.Write(ref _isDraining, 1);

    /// <summary>When something that is renewed from now on is due, as a timestamp: the interval, give or take a fifth.</summary>
    public long JitteredRenewal()
    {
        var interval = Options.RenewInterval * (0.8 + (0.4 * Random.Shared.NextDouble()));
        return Clock.GetTimestamp() + (long)(interval.TotalSeconds * Clock.TimestampFrequency);
    }

    /// <summary>Watches work that nobody awaits: what it throws is a bug, and logged.</summary>
    public void Track(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = ObserveAsync(task);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _stopping.Cancel();
        Conflation.Dispose();
    }

    private async Task ObserveAsync(Task task)
    {
        Interlocked.Increment(ref _backgroundCount);
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // The node is going down, and so is its work.
        }
        catch (Exception exception)
        {
            Log.BackgroundFailed(exception);
        }
        finally
        {
            Interlocked.Decrement(ref _backgroundCount);
        }
    }

    private async Task EndSessionAsync(Connection connection)
    {
        try
        {
            await Users.Get(connection.Identity!.User).EndConnectionAsync(Id, connection.Id, Stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            // The user forgets connections that are not renewed.
            Log.SessionsNotRenewed(connection.Identity!.User.Value, exception.Message);
        }
    }
}
