using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.Data.Sqlite;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Benchmarks.Storage;

/// <summary>
/// An append to SQLite that is durable when it returns, beside the same rows inserted by a bare loop in one transaction. The
/// adverse forms are payloads of 64 KiB, and batches whose message ids were all published before.
/// </summary>
[MemoryDiagnoser]
public class AppendBenchmarks
{
    private const int LargePayload = 64 * 1024;

    private string _folder = "";
    private SqliteConnection? _bare;
    private AdoNetStorage? _storage;
    private System.Data.Common.DbDataSource? _source;
    private Payload _payload;
    private Fence _fence;
    private long _sequence;
    private ImmutableArray<Publication> _known = [];

    [Params(1, 64, 512)]
    public int Batch { get; set; }

    [Params(128, LargePayload)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        SQLitePCL.Batteries_V2.Init();
        _folder = Directory.CreateTempSubdirectory("orleansrealtime-bench-").FullName;
        _payload = Payload.Json(Samples.Text(PayloadBytes));
        _bare = new SqliteConnection(ConnectionString("bare.db"));
        _bare.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        Execute("CREATE TABLE p (channel INTEGER, epoch TEXT, sequence INTEGER, mid TEXT, payload BLOB, PRIMARY KEY (channel, sequence)) WITHOUT ROWID");
        _source = SqliteFactory.Instance.CreateDataSource(ConnectionString("log.db"));
        _storage = new AdoNetStorage(
            Dialect.Sqlite(static exception => ((SqliteException)exception).SqliteExtendedErrorCode),
            _source, new StorageOptions(), TimeProvider.System);
        Wait(_storage.StartAsync(CancellationToken.None));
        _fence = Wait(_storage.ChannelLog.OpenAsync(Samples.Channel, new Epoch("e"), CancellationToken.None)).Fence;
        _known = Next();
        Samples.Demand(Append(_known) is AppendedBatch && Append(Repeated()) is AppendDuplicates, "ids are known once");
        Samples.Demand(BareLoop() == Batch && Durable() is AppendedBatch, "both store all");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        Wait(_storage!.DisposeAsync());
        _source!.Dispose();
        _bare!.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public int BareLoop()
    {
        using var transaction = _bare!.BeginTransaction();
        using var insert = _bare.CreateCommand();
        insert.CommandText = "INSERT INTO p VALUES (1, 'e', $sequence, $mid, $payload)";
        var sequence = insert.Parameters.Add("$sequence", SqliteType.Integer);
        var messageId = insert.Parameters.Add("$mid", SqliteType.Text);
        insert.Parameters.AddWithValue("$payload", _payload.Bytes.ToArray());
        var stored = 0;
        for (var i = 0; i < Batch; i++)
        {
            sequence.Value = ++_sequence;
            messageId.Value = $"m{_sequence}";
            stored += insert.ExecuteNonQuery();
        }

        transaction.Commit();
        return stored;
    }

    [Benchmark]
    public object Durable() => Append(Next());

    [Benchmark]
    public object AllDuplicates() => Append(Repeated());

    private long _appended;

    private AppendOutcome Append(ImmutableArray<Publication> batch)
    {
        var outcome = Wait(_storage!.ChannelLog.AppendAsync(Samples.Channel, _fence, batch, CancellationToken.None));
        _appended += outcome is AppendedBatch ? batch.Length : 0;
        return outcome;
    }

    private ImmutableArray<Publication> Next() => Make(static sequence => $"m{sequence}");

    private ImmutableArray<Publication> Repeated() => Make(sequence => _known[(int)(sequence - _appended - 1)].MessageId!);

    private ImmutableArray<Publication> Make(Func<long, string> messageId)
    {
        var batch = ImmutableArray.CreateBuilder<Publication>(Batch);
        for (var i = 1; i <= Batch; i++)
        {
            var sequence = _appended + i;
            batch.Add(new Publication(
                sequence, DateTimeOffset.UnixEpoch.AddYears(50), Samples.Sender, messageId(sequence), null, _payload));
        }

        return batch.MoveToImmutable();
    }

    private string ConnectionString(string file) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, file), ForeignKeys = true }.ToString();

    private void Execute(string sql)
    {
        using var command = _bare!.CreateCommand();
#pragma warning disable CA2100 // Texts of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
