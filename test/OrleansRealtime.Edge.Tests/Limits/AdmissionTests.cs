using System.Net;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Limits;

public sealed class AdmissionTests
{
    private static readonly IPAddress Alice = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Bob = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider _clock = new();
    private readonly OffenderTable _offenders;

    public AdmissionTests() => _offenders = new OffenderTable(_clock);

    [Fact]
    public void Handshakes_BeyondTheNodesRate_AreRefusedUntilTheNextSecond()
    {
        var admission = New(new LimitOptions { HandshakesPerSecond = 2 });
        Assert.Null(admission.Admit(Alice).Refusal);
        Assert.Null(admission.Admit(Bob).Refusal);

        var refusal = admission.Admit(Bob).Refusal!;
        Assert.Equal(503, refusal.Status);
        Assert.Equal(RealtimeErrorCode.Unavailable, refusal.Error.Code);
        Assert.Equal(TimeSpan.FromSeconds(0.5 + 2.5), refusal.Error.RetryAfter);

        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(admission.Admit(Bob).Refusal);
    }

    [Fact]
    public void Handshakes_BeyondTheRateOfAnAddress_AreRefusedForThatAddressOnly()
    {
        var admission = New(new LimitOptions { HandshakesPerSecondPerIp = 1 });
        Assert.Null(admission.Admit(Alice).Refusal);
        Assert.Equal(429, admission.Admit(Alice).Refusal?.Status);
        Assert.Null(admission.Admit(Bob).Refusal);
    }

    [Fact]
    public void Connections_OfANode_AreLimitedUntilOneEnds()
    {
        var admission = New(new LimitOptions { Connections = 1 });
        var lease = admission.Admit(Alice).Lease!;
        Assert.Equal(503, admission.Admit(Bob).Refusal?.Status);

        lease.Dispose();
        lease.Dispose();

        Assert.Equal(0, admission.Connections);
        Assert.Null(admission.Admit(Bob).Refusal);
    }

    [Fact]
    public void Connections_OfAnAddress_AreLimitedByTheNetworkOfAnIPv6Customer()
    {
        var admission = New(new LimitOptions { ConnectionsPerIp = 1 });
        using var lease = admission.Admit(IPAddress.Parse("2001:db8:1:2::1")).Lease;

        Assert.Equal(429, admission.Admit(IPAddress.Parse("2001:db8:1:2:ffff::9")).Refusal?.Status);
        Assert.Null(admission.Admit(IPAddress.Parse("2001:db8:1:3::1")).Refusal);
    }

    [Fact]
    public void Address_OfIPv4InIPv6_IsTheSame() =>
        Assert.Equal(OffenderKey.Of(Alice), OffenderKey.Of(Alice.MapToIPv6()));

    [Fact]
    public void Node_Draining_SpreadsTheReturnOverItsWindow()
    {
        var admission = New(new LimitOptions());
        admission.Drain(TimeSpan.FromSeconds(20));

        var refusal = admission.Admit(Alice).Refusal!;

        Assert.True(admission.IsDraining);
        Assert.Equal(503, refusal.Status);
        Assert.Equal(TimeSpan.FromSeconds(10), refusal.Error.RetryAfter);
    }

    [Fact]
    public void Address_OfARepeatOffender_IsRefusedForAsLongAsItIsCutOff()
    {
        var admission = New(new LimitOptions());
        _offenders.Report(OffenderKey.Of(Alice));
        Assert.Null(admission.Admit(Alice).Refusal);
        _offenders.Report(OffenderKey.Of(Alice));

        Assert.Equal(429, admission.Admit(Alice).Refusal?.Status);
        Assert.Null(admission.Admit(Bob).Refusal);
        _clock.Advance(OffenderTable.FirstCutOff);
        Assert.Null(admission.Admit(Alice).Refusal);
    }

    [Fact]
    public void Addresses_MoreThanTheTableHolds_StayBounded()
    {
        var table = new AddressTable(handshakesPerSecond: 1);
        for (var i = 0; i < AddressTable.Capacity + 1000; i++)
        {
            Assert.True(table.TryTakeHandshake(OffenderKey.Of(new IPAddress(i)), TimeSpan.Zero, out _));
        }

        Assert.Equal(AddressTable.Capacity, table.Count);

        // A second later all buckets are full again, so all entries can go.
        Assert.True(table.TryTakeHandshake(OffenderKey.Of(Bob), TimeSpan.FromSeconds(2), out _));
        Assert.Equal(1, table.Count);
    }

    private Admission New(LimitOptions limits) => new(limits, _offenders, _clock, static () => 0.5);
}
