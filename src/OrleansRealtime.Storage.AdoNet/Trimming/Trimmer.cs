using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet.Trimming;

/// <summary>
/// Deletes in the background what exceeds retention: soon in channels of which the writer says that they are due, and
/// periodically in all channels of the store, whether anyone has opened them or not.
/// </summary>
/// <remarks>
/// All its changes go through the writer in small transactions, so they never compete with appends for locks. Several
/// processes may trim the same store; what one has deleted, the others do not find. Safe for concurrent use.
/// </remarks>
internal sealed partial class Trimmer : IAsyncDisposable
{
    private readonly Retentions _retentions;
    private readonly DueChannels _due;
    private readonly ChannelTrim _trim;
    private readonly ChannelWalk _channels;
    private readonly MessageIdWalk _messageIds;
    private readonly PeriodicTimer _timer;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _sweeping = new(1);
    private readonly Task _loops;

    /// <summary>Starts to trim.</summary>
    public Trimmer(
        Retentions retentions,
        DueChannels due,
        ChannelTrim trim,
        ChannelWalk channels,
        MessageIdWalk messageIds,
        PeriodicTimer timer,
        ILogger logger)
    {
        _retentions = retentions;
        _due = due;
        _trim = trim;
        _channels = channels;
        _messageIds = messageIds;
        _timer = timer;
        _logger = logger;
        _loops = Task.WhenAll(TrimDueAsync(), SweepPeriodicallyAsync());
    }

    /// <summary>Sets what a channel keeps; it is trimmed soon.</summary>
    public void SetRetention(ChannelName channel, Retention retention)
    {
        _retentions.Set(channel.Value, retention);
        _due.Add(channel.Value);
    }

    /// <summary>Looks through the store, within the limits of one sweep.</summary>
    /// <exception cref="StorageException">The store failed, or refused to trim some channels; the others were trimmed.</exception>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        await _sweeping.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var refused = new List<Exception>();
            foreach (var channel in _retentions.Channels)
            {
                await _trim.TryRunAsync(channel, refused, cancellationToken).ConfigureAwait(false);
            }

            await _channels.RunAsync(refused, cancellationToken).ConfigureAwait(false);
            await _messageIds.RunAsync(cancellationToken).ConfigureAwait(false);
            if (refused.Count > 0)
            {
                throw new StorageException(
                    $"{refused.Count} channels could not be trimmed; all others were.", new AggregateException(refused));
            }
        }
        finally
        {
            _sweeping.Release();
        }
    }

    /// <summary>Stops after the statement that is running.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();
        await _loops.ConfigureAwait(false);
        _stop.Dispose();
        _sweeping.Dispose();
    }

    private async Task TrimDueAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_stop.IsCancellationRequested)
        {
            await GuardAsync(
                async () =>
                {
                    var channel = await _due.TakeAsync(_stop.Token).ConfigureAwait(false);
                    await _trim.RunAsync(channel, _stop.Token).ConfigureAwait(false);
                }).ConfigureAwait(false);
        }
    }

    private async Task SweepPeriodicallyAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            await GuardAsync(() => SweepAsync(_stop.Token).AsTask()).ConfigureAwait(false);
        }
    }

    private async Task GuardAsync(Func<Task> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopping; what is left is found after the next start.
        }
        catch (StorageException exception)
        {
            // The next sweep tries again.
            TrimFailed(_logger, exception);
        }
        catch (Exception exception)
        {
            // The boundary of a background loop: a bug here must not end trimming for good.
            TrimBroke(_logger, exception);
        }
    }
}
