using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Stores;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Core.Tests.Channels;

/// <summary>One channel host in a test: its turns, clock, log, and all that it sends.</summary>
internal sealed class HostRig : IChannelPolicies, IGrantStore, IDelivery, IActivation, IChannelBehaviorFactory
{
    public static readonly ChannelName Channel = ChannelName.Parse("chat:room");
    public static readonly EdgeId Edge = new("edge-1");
    public static readonly Caller Ann = Caller.OfUser(UserId.Parse("ann"));
    public static readonly Caller Bob = Caller.OfUser(UserId.Parse("bob"));
    public static readonly Caller Server = Caller.Trusted("server");

    private int _epochs;

    public HostRig(Durability durability = Durability.Memory, HostRig? after = null, bool logTrims = true)
    {
        Time = after?.Time ?? new ManualTimeProvider();
        Log = after?.Log ?? new MemoryChannelLog(Time) { TrimsInTime = logTrims };
        Stored = after?.Stored ?? new MemoryGrantStore();
        _epochs = after?._epochs ?? 0;
        Policy = after?.Policy ?? new ChannelPolicy { Namespace = "chat", Durability = durability, Presence = PresencePolicy.Members };
    }

    public ManualTimeProvider Time { get; }

    public MemoryChannelLog Log { get; }

    public TurnContext Turns { get; } = new();

    public IGrantStore Stored { get; }

    public bool FailsSaving { get; set; }

    public ChannelPolicy? Policy { get; set; }

    public IChannelBehavior? Behavior { get; set; }

    /// <summary>What becomes of the next calls to the log; done at once when null.</summary>
    public Func<string, Task<LogFault>>? Decide { get; set; }

    public List<(EdgeId Edge, EdgeMessage Message)> Sent { get; } = [];

    public List<string> Deactivations { get; } = [];

    public List<Exception> Reported { get; } = [];

    public ChannelHost Host { get; private set; } = null!;

    public IEnumerable<long> DeliveredTo(EdgeId edge) => Sent
        .Where(sent => sent.Edge == edge)
        .Select(static sent => sent.Message)
        .OfType<PublicationBatch>()
        .SelectMany(static batch => batch.Publications)
        .Select(static publication => publication.Sequence);

    public IEnumerable<T> SentOf<T>()
        where T : EdgeMessage => Sent.Select(static sent => sent.Message).OfType<T>();

    public HostRig Activate()
    {
        var services = new ChannelHostServices
        {
            Policies = this,
            Log = new FaultyChannelLog(Log, method => Decide?.Invoke(method) ?? Task.FromResult(LogFault.None)),
            Grants = this,
            Delivery = this,
            Time = Time,
            NewEpoch = () => new Epoch($"e{++_epochs}"),
            Behaviors = [this],
            Report = (_, _, failure) => Reported.Add(failure),
        };
        Host = new ChannelHost(Channel, services, this);
        Turns.Complete(() => Host.ActivateAsync(CancellationToken.None));
        return this;
    }

    public HostRig Attach(EdgeId? edge = null, params string[] users)
    {
        Turns.Complete(() => Host.AttachAsync(
            new AttachRequest(edge ?? Edge, 0, [.. users.Select(Member)]), CancellationToken.None));
        return this;
    }

    public static Member Member(string user) => new(UserId.Parse(user), default);

    public static PublishRequest Request(string? messageId = null, string? key = null, string json = "1", Caller? caller = null) =>
        new(caller ?? Ann, Payload.Json(json), messageId, key);

    public PublishOutcome Publish(string? messageId = null, string? key = null, string json = "1", Caller? caller = null) =>
        Turns.Complete(() => Host.PublishAsync(Request(messageId, key, json, caller), CancellationToken.None));

    public Task<PublishOutcome> StartPublish(string? messageId = null) =>
        Turns.Start(() => Host.PublishAsync(Request(messageId), CancellationToken.None));

    public ReadOutcome Read(Position? from = null, int limit = 1000, bool reverse = false, Caller? caller = null) =>
        Turns.Complete(() => Host.ReadAsync(
            new ReadRequest(caller ?? Server, from, limit, reverse), CancellationToken.None));

    public void Advance(TimeSpan by)
    {
        Time.Advance(by);
        if (Host.NextDue <= Time.Now)
        {
            Turns.Complete(() => Host.TickAsync());
        }
    }

    bool IChannelPolicies.TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy)
    {
        policy = Policy;
        return policy is not null;
    }

    ValueTask<OpenedGrants> IGrantStore.OpenAsync(ChannelName channel, CancellationToken cancellationToken) =>
        Stored.OpenAsync(channel, cancellationToken);

    ValueTask<Fence?> IGrantStore.TrySaveAsync(
        ChannelName channel, Fence fence, ChannelGrants grants, CancellationToken cancellationToken) =>
        FailsSaving
            ? throw new StorageException("Saving failed, as the test wanted.")
            : Stored.TrySaveAsync(channel, fence, grants, cancellationToken);

    void IDelivery.Send(EdgeId edge, EdgeMessage message) => Sent.Add((edge, message));

    void IActivation.Deactivate(string reason) => Deactivations.Add(reason);

    IChannelBehavior? IChannelBehaviorFactory.Create(ChannelName channel) => Behavior;
}
