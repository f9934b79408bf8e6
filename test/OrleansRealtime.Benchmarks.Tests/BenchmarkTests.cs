using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using OrleansRealtime.Benchmarks.Core;

namespace OrleansRealtime.Benchmarks.Tests;

/// <summary>Every benchmark runs: once, in this process, with the smallest of its numbers. Nothing is measured.</summary>
public sealed class BenchmarkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleansrealtime-micro-").FullName;

    /// <summary>All classes with benchmarks.</summary>
    public static TheoryData<string> Classes =>
        [.. typeof(ChannelPublishBenchmarks).Assembly.GetExportedTypes().Where(IsBenchmark).Select(static type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Benchmark_RunOnce_DoesWhatItsSetupDemands(string name)
    {
        var log = new AccumulationLogger();
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Dry.WithToolchain(InProcessNoEmitToolchain.Instance))
            .AddLogger(log)
            .WithOptions(ConfigOptions.DisableOptimizationsValidator)
            .WithArtifactsPath(_folder);
        var all = BenchmarkConverter.TypeToBenchmarks(typeof(ChannelPublishBenchmarks).Assembly.GetType(name)!, config);
        var smallest = all.BenchmarksCases.Where(one => IsSmallest(one, all.BenchmarksCases)).ToArray();

        Summary? summary = null;
        var failure = Record.Exception(() => summary = BenchmarkRunner.Run(new BenchmarkRunInfo(smallest, all.Type, all.Config)));

        Assert.True(failure is null && summary is { HasCriticalValidationErrors: false }, log.GetLog());
        Assert.Equal(smallest.Length, summary!.Reports.Length);
        Assert.All(summary.Reports, report => Assert.True(report.Success && report.ResultStatistics is not null, log.GetLog()));
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void Benchmark_CountsWhatItAllocates(string name) => Assert.NotEmpty(
        typeof(ChannelPublishBenchmarks).Assembly.GetType(name)!.GetCustomAttributes(typeof(MemoryDiagnoserAttribute), inherit: true));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsBenchmark(Type type) =>
        type.GetMethods().Any(static method => method.IsDefined(typeof(BenchmarkAttribute), inherit: false));

    private static bool IsSmallest(BenchmarkCase one, IReadOnlyList<BenchmarkCase> all) => one.Parameters.Items
        .Where(static item => item.Value is int)
        .All(item => (int)item.Value == all.Min(other => (int)other.Parameters[item.Name]));
}
