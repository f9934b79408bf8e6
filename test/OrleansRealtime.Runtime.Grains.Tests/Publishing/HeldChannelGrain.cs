using System.Collections.Immutable;
using System.Reflection;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Runtime.Grains.Tests.Publishing;

/// <summary>A channel's grain that answers what is published when the test says so, and nothing else.</summary>
public class HeldChannelGrain : DispatchProxy
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sequence;

    /// <summary>Completes with the first call.</summary>
    public Task Called => _called.Task;

    /// <summary>Lets all calls go on.</summary>
    public void Release() => _released.SetResult();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _called.TrySetResult();
        return targetMethod!.Name switch
        {
            nameof(IChannelGrain.PublishAsync) => new ValueTask<PublishOutcome>(PublishAsync()),
            nameof(IChannelGrain.PublishManyAsync) => new ValueTask<ImmutableArray<PublishOutcome>>(
                PublishManyAsync(((ImmutableArray<PublishRequest>)args![0]!).Length)),
            _ => throw new NotSupportedException(targetMethod.Name),
        };
    }

    private async Task<PublishOutcome> PublishAsync()
    {
        await _released.Task;
        return Next();
    }

    private async Task<ImmutableArray<PublishOutcome>> PublishManyAsync(int count)
    {
        await _released.Task;
        return [.. Enumerable.Range(0, count).Select(_ => Next())];
    }

    private PublishOutcome Next() => PublishOutcome.Accepted(new Position(new Epoch("e"), ++_sequence), null);
}
