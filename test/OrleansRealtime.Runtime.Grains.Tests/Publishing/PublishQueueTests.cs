using System.Reflection;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Runtime.Grains.Tests.Publishing;

/// <summary>What waits for a channel that does not answer is bounded, by number and by bytes.</summary>
public sealed class PublishQueueTests
{
    private static readonly ChannelName Channel = ChannelName.Parse("chat:room");
    private readonly IChannelGrain _grain = DispatchProxy.Create<IChannelGrain, HeldChannelGrain>();
    private readonly PublishQueue _queue;

    public PublishQueueTests() => _queue = new PublishQueue(Channel, _grain, new PublishQueues(null!));

    private HeldChannelGrain Held => (HeldChannelGrain)_grain;

    [Fact]
    public async Task Publication_BeyondTheNumberThatMayWait_IsUnavailable_AndThoseBeforeItAreInOrder()
    {
        var first = Add(1);
        await Held.Called;
        var waiting = Enumerable.Range(0, PublishQueue.MaxWaiting).Select(_ => Add(1)).ToList();

        var refused = (await Add(1).Outcome).Refusal!;
        Assert.Equal((RealtimeErrorCode.Unavailable, true), (refused.Code, refused.IsRetryable));
        Assert.NotNull(refused.RetryAfter);

        Held.Release();
        Assert.Equal(1, (await first.Outcome).Position.Sequence);
        var answers = await Task.WhenAll(waiting.Select(static one => one.Outcome));
        Assert.Equal(Enumerable.Range(2, waiting.Count).Select(static i => (long)i), answers.Select(static one => one.Position.Sequence));
    }

    [Fact]
    public async Task Publication_BeyondTheBytesThatMayWait_IsUnavailable_AndASmallerOneStillFits()
    {
        const int large = 1024 * 1024;
        _ = Add(1);
        await Held.Called;
        for (var bytes = 0L; bytes + large < PublishQueue.MaxWaitingBytes; bytes += large)
        {
            Assert.False(Add(large).Outcome.IsCompleted);
        }

        Assert.Equal(RealtimeErrorCode.Unavailable, (await Add(large + 1).Outcome).Refusal!.Code);
        Assert.False(Add(large).Outcome.IsCompleted);
        Assert.Equal(RealtimeErrorCode.Unavailable, (await Add(1).Outcome).Refusal!.Code);
        Held.Release();
    }

    [Fact]
    public async Task Publication_WhoseCallerLeftWhileItWaited_IsNotSent()
    {
        _ = Add(1);
        await Held.Called;
        using var caller = new CancellationTokenSource();
        Assert.True(_queue.TryAdd(new PendingPublication(Request(1), caller.Token)));
        var last = Add(1);

        await caller.CancelAsync();
        Held.Release();

        Assert.Equal(2, (await last.Outcome).Position.Sequence);
    }

    private PendingPublication Add(int bytes)
    {
        var pending = new PendingPublication(Request(bytes), CancellationToken.None);
        Assert.True(_queue.TryAdd(pending));
        return pending;
    }

    private static PublishRequest Request(int bytes) => new(Caller.Trusted("test"), Payload.Binary(new byte[bytes]));
}
