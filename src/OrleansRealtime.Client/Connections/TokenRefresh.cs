using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Connections;

/// <summary>Answers <c>expiring</c> with a new token, as long as it takes or the link stands. One at a time per link.</summary>
internal sealed class TokenRefresh(ClientCore core, RealtimeClientOptions options, DateTimeOffset serverTime)
{
    private readonly long _startedAt = options.TimeProvider.GetTimestamp();
    private Task _running = Task.CompletedTask;

    public void Start(CancellationToken linkEnded)
    {
        if (core.Tokens.HasProvider && _running.IsCompleted)
        {
            _running = RunAsync(linkEnded);
        }
    }

    /// <summary>Completes when nothing is asked any more, once the link has ended.</summary>
    public Task EndAsync() => _running;

    private async Task RunAsync(CancellationToken linkEnded)
    {
        for (var attempt = 0; !linkEnded.IsCancellationRequested; attempt++)
        {
            try
            {
                if (await core.Tokens.AskAsync(linkEnded).ConfigureAwait(false) is { } token)
                {
                    await RefreshAsync(token, linkEnded).ConfigureAwait(false);
                    return;
                }
            }
            catch (OperationCanceledException) when (linkEnded.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The application's provider may throw anything, and is asked again while the old token lasts.
                options.Logger.TokenProviderFailed(exception);
            }

            await Task.Delay(core.Backoff.Next(attempt), options.TimeProvider, linkEnded)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RefreshAsync(string token, CancellationToken linkEnded)
    {
        var answer = await core.Requests.SendAsync(
            id => new RefreshCommand(id, token), isRepeatable: false, options.RequestTimeout, linkEnded).ConfigureAwait(false);
        var serverNow = serverTime + options.TimeProvider.GetElapsedTime(_startedAt);
        core.Tokens.OnAccepted((answer as RefreshedAck)?.Expires - serverNow);
    }
}
