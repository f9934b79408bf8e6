using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>
/// The one writer of a process: takes all that waits, of all channels, into one transaction, commits it, and answers each.
/// </summary>
/// <remarks>
/// What waits while a transaction is being committed makes up the next one, so batches grow with the load and an idle store
/// answers at once. A transaction that failed before its commit is known to be undone: a conflict is tried again, and a request
/// that is at fault itself fails alone. When the commit fails, or the whole takes longer than
/// <see cref="StorageOptions.TransactionTimeout"/>, nobody knows, and all its requests hear so. The connection is opened anew
/// after every failure. Safe for concurrent use.
/// </remarks>
internal sealed partial class LogWriter : IAsyncDisposable
{
    private const int MaxAttempts = 3;

    // Where one publisher tries again what is stored already, others do, after a restart above all. Each such surprise costs a
    // transaction and a connection, each look a part of a transaction.
    private const int CautiousTransactions = 64;

    private readonly StorageSource _source;
    private readonly StorageOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Action<string> _dueForTrim;
    private readonly WriteQueue _queue;
    private readonly CancellationTokenSource _abort = new();
    private readonly Task _loop;
    private StorageConnection? _connection;
    private bool _isFailing;
    private int _cautiousTransactions;

    /// <summary>Starts to write; the schema must be there.</summary>
    /// <param name="source">Where connections come from.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">For measurements and for the limit of a stop.</param>
    /// <param name="metrics">What is measured.</param>
    /// <param name="logger">What is told to operators.</param>
    /// <param name="dueForTrim">Is told the name of a channel that has much to trim, after its append was committed.</param>
    public LogWriter(
        StorageSource source,
        StorageOptions options,
        TimeProvider time,
        StorageMetrics metrics,
        ILogger logger,
        Action<string> dueForTrim)
    {
        _source = source;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _dueForTrim = dueForTrim;
        _queue = new WriteQueue(options);
        _loop = RunAsync();
    }

    /// <summary>How many requests wait.</summary>
    public int WaitingRequests => _queue.Count;

    /// <summary>Queues a request and waits for its answer, which comes after it is durable.</summary>
    /// <exception cref="StorageException">
    /// The queue is full (nothing was stored), or the store failed (it is unknown whether anything was stored).
    /// </exception>
    public ValueTask<T> WriteAsync<T>(WriteRequest<T> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue.Add(request);
        return request.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more requests, writes those that wait, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        try
        {
            await _loop.WaitAsync(_options.StopTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            StoppedBeforeDrained(_logger, _queue.Count, _options.StopTimeout);
            await _abort.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
        }

        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        // The loop must not run in the turn of whoever started the store: SQLite's driver blocks its thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        // A list for each batch, because a transaction that was given up may still be looking at its own.
        var batch = new List<WriteRequest>();
        while (await _queue.TakeAsync(batch).ConfigureAwait(false))
        {
            await WriteAsync(batch).ConfigureAwait(false);
            batch = [];
        }

        await CloseAsync(_connection).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(List<WriteRequest> batch)
    {
        batch.Sort(static (a, b) => string.CompareOrdinal(a.Subject, b.Subject));
        var optimistic = TryTakeOptimistically(batch);
        for (var attempt = 1; ; attempt++)
        {
            var failure = await TryCommitAsync(batch, optimistic).ConfigureAwait(false);
            switch (failure)
            {
                case null:
                    return;

                // What it is that was refused, only a look at each tells; the rows are then locked in the order of their names.
                case { IsOutcomeUnknown: false, Fault: not StorageFault.Transient } when optimistic is not null:
                    _cautiousTransactions = CautiousTransactions;
                    optimistic = null;
                    continue;

                // Tried again it cannot be stored twice, since it follows only what was there before; see AppendRequest.Answer.
                case { IsOutcomeUnknown: true, Fault: StorageFault.Transient, WasConnectionIdle: true, IsTimeout: false }
                    when optimistic is not null && _source.Dialect.AppendsAtOnce:
                    batch.ForEach(static request => request.OnOutcomeUnknown());
                    continue;

                case { Fault: StorageFault.Conflict, IsOutcomeUnknown: false } when attempt < MaxAttempts:
                    continue;

                // A connection that lay idle may have been broken for long, and then nothing of this transaction was done.
                case { Fault: StorageFault.Transient, IsOutcomeUnknown: false, WasConnectionIdle: true, IsTimeout: false }:
                    continue;

                case { Fault: StorageFault.Rejected or StorageFault.UniqueViolation, IsOutcomeUnknown: false } when batch.Count > 1:
                    await WriteOneByOneAsync(batch).ConfigureAwait(false);
                    return;

                case { Fault: StorageFault.UniqueViolation, IsOutcomeUnknown: false } when batch[0].TryAnswerUniqueViolation():
                    return;

                default:
                    Fail(batch, failure);
                    return;
            }
        }
    }

    private OptimisticAppends? TryTakeOptimistically(List<WriteRequest> batch)
    {
        if (_cautiousTransactions > 0)
        {
            _cautiousTransactions--;
            return null;
        }

        return OptimisticAppends.TryTake(batch, out var appends) ? appends : null;
    }

    private async ValueTask WriteOneByOneAsync(List<WriteRequest> batch)
    {
        foreach (var request in batch)
        {
            await WriteAsync([request]).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the requests in a transaction and answers them. Returns what went wrong, having answered none.</summary>
    private async ValueTask<WriteFailure?> TryCommitAsync(List<WriteRequest> batch, OptimisticAppends? optimistic)
    {
        var started = _time.GetTimestamp();
        var attempt = new CommitAttempt(_source, _connection, batch, optimistic);
        _connection = null;
        var run = attempt.RunAsync(_abort.Token);
        try
        {
            await run.WaitAsync(_options.TransactionTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException exception) when (!run.IsCompleted)
        {
            // The driver may wait for a silent server much longer. It closes the connection when it is done; who comes next does
            // not wait for it, and the fence and the locks keep them apart.
            attempt.GiveUp();
            _ = CloseAfterAsync(run, attempt);
            return new WriteFailure(exception, StorageFault.Transient, IsOutcomeUnknown: true, attempt.WasConnectionIdle);
        }
        catch (Exception exception)
        {
            // This is the boundary of the writer's loop: whatever it was, the requests get an answer and the loop goes on.
            await CloseAsync(attempt.Connection).ConfigureAwait(false);
            var isRefused = attempt.IsAtOnce && _source.IsRefusal(exception);
            return new WriteFailure(
                exception, _source.Classify(exception), attempt.IsCommitting && !isRefused, attempt.WasConnectionIdle);
        }

        _connection = attempt.Connection;
        _metrics.Committed(attempt.AppendedPublications, batch.Count, _time.GetElapsedTime(started));
        Answer(batch, attempt.DueForTrim);
        return null;
    }

    private async Task CloseAfterAsync(Task run, CommitAttempt attempt)
    {
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync(attempt.Connection).ConfigureAwait(false);
    }

    private void Answer(List<WriteRequest> batch, IEnumerable<string> dueForTrim)
    {
        if (_isFailing)
        {
            _isFailing = false;
            WriterRecovered(_logger);
        }

        foreach (var request in batch)
        {
            request.Answer();
        }

        foreach (var channel in dueForTrim)
        {
            _dueForTrim(channel);
        }
    }

    private void Fail(List<WriteRequest> batch, WriteFailure failure)
    {
        _metrics.Failed(failure.Fault);

        // Without the database every transaction fails; one line says so, and one says that it is back.
        if (!_isFailing || failure.Fault != StorageFault.Transient)
        {
            _isFailing = true;
            TransactionFailed(_logger, failure.Exception, batch.Count, failure.Fault);
        }

        foreach (var request in batch)
        {
            request.Fail(failure.ToException());
        }
    }

    private async ValueTask CloseAsync(StorageConnection? connection)
    {
        if (connection is null)
        {
            return;
        }

        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // It is closed because it is broken, and drivers throw whatever they like then; what closing it says adds nothing.
            ConnectionClosedBadly(_logger, exception);
        }
    }
}
