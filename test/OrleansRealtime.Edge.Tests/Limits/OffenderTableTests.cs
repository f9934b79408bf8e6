using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Limits;

public sealed class OffenderTableTests
{
    private static readonly OffenderKey Mallory = OffenderKey.Of(UserId.Parse("mallory"));

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void CutOff_OfARepeatOffender_DoublesUpToAnHour()
    {
        var table = new OffenderTable(_clock);
        var seconds = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            table.Report(Mallory);
            table.IsCutOff(Mallory, out var remaining);
            seconds.Add(remaining.TotalSeconds);
        }

        Assert.Equal([0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600], seconds);
    }

    [Fact]
    public void Offences_AnHourApart_AreForgiven()
    {
        var table = new OffenderTable(_clock);
        table.Report(Mallory);
        _clock.Advance(OffenderTable.LongestCutOff);
        table.Report(Mallory);
        Assert.False(table.IsCutOff(Mallory, out _));
    }

    [Fact]
    public void Table_BeyondItsCapacity_ForgetsTheLongestQuiet()
    {
        var table = new OffenderTable(_clock);
        table.Report(Mallory);
        table.Report(Mallory);
        for (var i = 0; i < OffenderTable.Capacity - 1; i++)
        {
            table.Report(OffenderKey.Of(UserId.Parse($"user{i}")));
        }

        Assert.True(table.IsCutOff(Mallory, out _));
        table.Report(OffenderKey.Of(UserId.Parse("one-more")));
        Assert.False(table.IsCutOff(Mallory, out _));
    }
}
