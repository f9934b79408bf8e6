using System.Collections.Immutable;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Testing;

/// <summary>What becomes of one call to a <see cref="FaultyChannelLog"/>.</summary>
public enum LogFault
{
    /// <summary>It is done.</summary>
    None,

    /// <summary>It fails, and was not done.</summary>
    Before,

    /// <summary>It was done, and fails.</summary>
    After,
}

/// <summary>A log that lets a test hold back each call, and fail it before or after it took effect.</summary>
/// <param name="inner">The log behind it.</param>
/// <param name="decide">Awaited before each call, with the name of the method; its result says what becomes of the call.</param>
public sealed class FaultyChannelLog(IChannelLog inner, Func<string, Task<LogFault>> decide) : IChannelLog
{
    /// <inheritdoc/>
    public TimeSpan MessageIdRetention => inner.MessageIdRetention;

    /// <inheritdoc/>
    public ValueTask<OpenedLog> OpenAsync(ChannelName channel, Epoch newEpoch, CancellationToken cancellationToken) =>
        CallAsync(nameof(OpenAsync), () => inner.OpenAsync(channel, newEpoch, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<AppendOutcome> AppendAsync(
        ChannelName channel, Fence fence, ImmutableArray<Publication> batch, CancellationToken cancellationToken) =>
        CallAsync(nameof(AppendAsync), () => inner.AppendAsync(channel, fence, batch, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Publication>> ReadAsync(
        ChannelName channel,
        Epoch epoch,
        long after,
        long through,
        int maxCount,
        long maxBytes,
        CancellationToken cancellationToken) => CallAsync(
            nameof(ReadAsync),
            () => inner.ReadAsync(channel, epoch, after, through, maxCount, maxBytes, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Publication>> ReadLatestByKeyAsync(
        ChannelName channel, Epoch epoch, CancellationToken cancellationToken) => CallAsync(
            nameof(ReadLatestByKeyAsync), () => inner.ReadLatestByKeyAsync(channel, epoch, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<Position?> FindMessageAsync(
        ChannelName channel, Sender sender, string messageId, CancellationToken cancellationToken) => CallAsync(
            nameof(FindMessageAsync), () => inner.FindMessageAsync(channel, sender, messageId, cancellationToken));

    /// <inheritdoc/>
    public void SetRetention(ChannelName channel, ReplayPolicy retention, bool compact) =>
        inner.SetRetention(channel, retention, compact);

    private async ValueTask<T> CallAsync<T>(string method, Func<ValueTask<T>> call)
    {
        var fault = await decide(method);
        if (fault == LogFault.Before)
        {
            throw new StorageException($"{method} failed, as the test wanted.");
        }

        var result = await call();
        return fault == LogFault.After
            ? throw new StorageException($"{method} failed after it was done, as the test wanted.")
            : result;
    }
}
