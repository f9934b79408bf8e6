using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class SqlFilesTests
{
    [Fact]
    public void Folders_OfAllDialects_HaveTheSameFiles()
    {
        var sqlite = SqlFiles.Read("Sqlite").Keys.Order().ToList();

        Assert.NotEmpty(sqlite);
        Assert.Equal(sqlite, SqlFiles.Read("PostgreSql").Keys.Order());
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public void InstallScripts_AreNumberedFromOneAndStartWithTheirDesignCriteria(string folder)
    {
        var scripts = SqlFiles.Read(folder)
            .Where(static file => file.Key.StartsWith(SqlFiles.InstallPrefix, StringComparison.Ordinal))
            .OrderBy(static file => file.Key, StringComparer.Ordinal)
            .ToList();

        Assert.Equal(
            Enumerable.Range(1, scripts.Count).Select(static number => $"{SqlFiles.InstallPrefix}{number:D4}"),
            scripts.Select(static file => file.Key));
        Assert.All(scripts, static file => Assert.StartsWith("-- Design criteria", file.Value, StringComparison.Ordinal));
    }
}
