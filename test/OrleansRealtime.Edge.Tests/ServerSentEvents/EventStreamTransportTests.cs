using System.Text;
using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.ServerSentEvents;

namespace OrleansRealtime.Edge.Tests.ServerSentEvents;

public sealed class EventStreamTransportTests
{
    [Fact]
    public async Task Write_BeforeTheStreamIsOpen_StaysInFlightAndFollowsThePreamble()
    {
        var (context, body) = Request();
        using var transport = new EventStreamTransport(context);

        var early = transport.WriteAsync("early"u8.ToArray(), default).AsTask();
        Assert.False(early.IsCompleted);
        Assert.Equal(0, body.Length);
        await transport.OpenAsync("preamble "u8.ToArray(), default);
        await early;
        await transport.WriteAsync(" late"u8.ToArray(), default);

        Assert.Equal("preamble early late", Encoding.ASCII.GetString(body.ToArray()));
    }

    [Fact]
    public async Task Write_AfterTheRequestIsOver_ReachesNobody()
    {
        var (context, body) = Request();
        var transport = new EventStreamTransport(context);
        var held = transport.WriteAsync("held"u8.ToArray(), default).AsTask();

        transport.Dispose();
        await held;
        await transport.WriteAsync("late"u8.ToArray(), default);
        transport.Abort();

        Assert.Equal(0, body.Length);
        Assert.False(context.RequestAborted.IsCancellationRequested);
    }

    private static (HttpContext Context, MemoryStream Body) Request()
    {
        var body = new MemoryStream();
        return (new DefaultHttpContext { Response = { Body = body } }, body);
    }
}
