using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class StorageOptionsTests
{
    public static TheoryData<string, Action<StorageOptions>> Illegal => new()
    {
        { nameof(StorageOptions.StatementTimeout), static options => options.StatementTimeout = TimeSpan.FromMilliseconds(999) },
        { nameof(StorageOptions.MaxTransactionRequests), static options => options.MaxTransactionRequests = 0 },
        { nameof(StorageOptions.MaxTransactionBytes), static options => options.MaxTransactionBytes = (64 * 1024) - 1 },
        { nameof(StorageOptions.MaxWaitingRequests), static options => options.MaxWaitingRequests = 0 },
        { nameof(StorageOptions.MaxWaitingBytes), static options => options.MaxWaitingBytes = (64 * 1024) - 1 },
        { nameof(StorageOptions.ReaderConnections), static options => options.ReaderConnections = 0 },
        { nameof(StorageOptions.MessageIdRetention), static options => options.MessageIdRetention = TimeSpan.FromSeconds(59) },
        { nameof(StorageOptions.TrimInterval), static options => options.TrimInterval = TimeSpan.FromMilliseconds(99) },
        { nameof(StorageOptions.MaxTrimmedRows), static options => options.MaxTrimmedRows = 0 },
        { nameof(StorageOptions.StopTimeout), static options => options.StopTimeout = TimeSpan.FromMilliseconds(999) },
    };

    [Fact]
    public void Validate_Defaults_FindsNothing() => Assert.Empty(new StorageOptions().Validate());

    [Fact]
    public void Illegal_Cases_CoverEveryOption() =>
        Assert.Equal(typeof(StorageOptions).GetProperties().Length, Illegal.Count);

    [Theory]
    [MemberData(nameof(Illegal))]
    public void Validate_JustBelowTheLimit_NamesTheOption(string option, Action<StorageOptions> change)
    {
        var options = new StorageOptions();
        change(options);

        Assert.Contains(option, Assert.Single(options.Validate()), StringComparison.Ordinal);
    }
}
