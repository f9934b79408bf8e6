using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Storage.AdoNet.Trimming;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>
/// A database as the store of channels, grants and users: installs its schema, writes through one group-commit writer, reads
/// over a few connections, and trims in the background.
/// </summary>
/// <remarks>
/// Safe for concurrent use. The data source is its owner's to dispose, after this. Disposing writes what was asked before.
/// </remarks>
public sealed class AdoNetStorage : IAsyncDisposable
{
    private readonly SchemaInstaller _installer;
    private readonly LogWriter _writer;
    private readonly ReaderPool _readers;
    private readonly Trimmer _trimmer;
    private readonly StorageMetrics _metrics;
    private int _isDisposed;

    /// <summary>Creates the store; it is not connected to before <see cref="StartAsync"/>.</summary>
    /// <param name="dialect">The kind of database.</param>
    /// <param name="dataSource">Where connections come from.</param>
    /// <param name="options">Limits; read once.</param>
    /// <param name="time">The clock, for ages and intervals.</param>
    /// <param name="loggers">Where it logs, or null for nowhere.</param>
    /// <param name="meters">Where its meter comes from, or null for one of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its limits.</exception>
    public AdoNetStorage(
        Dialect dialect,
        DbDataSource dataSource,
        StorageOptions options,
        TimeProvider time,
        ILoggerFactory? loggers = null,
        IMeterFactory? meters = null)
    {
        if (options.Validate() is [_, ..] mistakes)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        }

        loggers ??= NullLoggerFactory.Instance;
        var source = new StorageSource(dialect, dataSource, options);
        _installer = new SchemaInstaller(source, loggers.CreateLogger<SchemaInstaller>());
        var due = new DueChannels();
        var retentions = new Retentions();
        _metrics = new StorageMetrics(meters);
        _readers = new ReaderPool(source, options, time);
        _writer = new LogWriter(source, options, time, _metrics, loggers.CreateLogger<LogWriter>(), due.Add);
        var trim = new ChannelTrim(_writer, retentions, options, time, _metrics);
        _trimmer = new Trimmer(
            retentions,
            due,
            trim,
            new ChannelWalk(_readers, trim, time),
            new MessageIdWalk(_writer, _readers, options, time, _metrics),
            new PeriodicTimer(options.TrimInterval, time),
            loggers.CreateLogger<Trimmer>());
        ChannelLog = new AdoNetChannelLog(_writer, _readers, _trimmer, options, _metrics);
        Grants = new AdoNetGrantStore(_writer, _readers);
        Users = new AdoNetUserStore(_writer, _readers);
    }

    /// <summary>The log of durable channels.</summary>
    public IChannelLog ChannelLog { get; }

    /// <summary>The grants of all channels.</summary>
    public IGrantStore Grants { get; }

    /// <summary>The users.</summary>
    public IUserStore Users { get; }

    /// <summary>Installs the schema, or what is missing of it. Nothing may be asked of the store before.</summary>
    /// <exception cref="StorageException">The store failed, or its schema is newer than this program.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken) => _installer.InstallAsync(cancellationToken);

    /// <summary>Trims now what a sweep would trim later.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public ValueTask TrimAsync(CancellationToken cancellationToken) => _trimmer.SweepAsync(cancellationToken);

    /// <summary>Stops trimming, writes what waits, and closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        await _trimmer.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }
}
