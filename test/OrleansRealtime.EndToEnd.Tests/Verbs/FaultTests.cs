using OrleansRealtime.Server.Verbs;

namespace OrleansRealtime.EndToEnd.Tests.Verbs;

public class FaultTests
{
    [Fact]
    public void Describe_ExceptionsThatRepeatEachOther_SaysEachThingOnce()
    {
        var exception = new IOException(
            "Failed to bind to http://127.0.0.1:5080: address already in use.",
            new InvalidOperationException("Address already in use", new InvalidDataException("Port 5080 is taken.")));

        Assert.Equal("Failed to bind to http://127.0.0.1:5080: address already in use: Port 5080 is taken.", Fault.Describe(exception));
    }
}
