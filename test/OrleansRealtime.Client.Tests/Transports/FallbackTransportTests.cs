using Microsoft.Extensions.Logging.Abstractions;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Client.Transports;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Tests.Transports;

public sealed class FallbackTransportTests
{
    private readonly Scripted _webSockets = new();
    private readonly Scripted _eventStreams = new();

    [Fact]
    public async Task Connect_TwoWebSocketsUnanswered_GoesToEventStreamsAndBackWhenOneIsLost()
    {
        var transport = Transport();
        await FailAsync(transport, times: 2);

        var link = await transport.ConnectAsync(CancellationToken.None);
        Assert.Equal((2, 1), (_webSockets.Attempts, _eventStreams.Attempts));

        Assert.Null(await link.ReceiveAsync(CancellationToken.None));
        await FailAsync(transport, times: 2);
        Assert.Equal((4, 1), (_webSockets.Attempts, _eventStreams.Attempts));
    }

    [Fact]
    public async Task Connect_WhereAWebSocketWasOpen_IsPatientWithTheServerOnce()
    {
        var transport = Transport();
        _webSockets.IsReachable = true;
        await transport.ConnectAsync(CancellationToken.None);
        _webSockets.IsReachable = false;
        await FailAsync(transport, times: 6);

        var link = await transport.ConnectAsync(CancellationToken.None);
        Assert.Equal((7, 1), (_webSockets.Attempts, _eventStreams.Attempts));

        Assert.Null(await link.ReceiveAsync(CancellationToken.None));
        await FailAsync(transport, times: 2);
        await transport.ConnectAsync(CancellationToken.None);
        Assert.Equal((9, 2), (_webSockets.Attempts, _eventStreams.Attempts));
    }

    private FallbackTransport Transport()
    {
        _eventStreams.IsReachable = true;
        return new FallbackTransport(_webSockets, _eventStreams, NullLogger.Instance);
    }

    private static async Task FailAsync(FallbackTransport transport, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await Assert.ThrowsAsync<LinkException>(() => transport.ConnectAsync(CancellationToken.None));
        }
    }

    private sealed class Scripted : ITransport
    {
        public bool IsReachable { get; set; }

        public int Attempts { get; private set; }

        public Task<ILink> ConnectAsync(CancellationToken cancellationToken)
        {
            Attempts++;
            return IsReachable
                ? Task.FromResult<ILink>(new LostLink())
                : Task.FromException<ILink>(new LinkException(LinkEnd.Lost("nobody answers")));
        }
    }

    private sealed class LostLink : ILink
    {
        public Task Ended => Task.CompletedTask;

        public LinkEnd End { get; } = LinkEnd.Lost("cut");

        public void Send(params IReadOnlyList<ClientCommand> commands)
        {
        }

        public ValueTask<ServerFrame?> ReceiveAsync(CancellationToken cancellationToken) => new((ServerFrame?)null);

        public void Abort(LinkEnd end)
        {
        }

        public Task CloseAsync(LinkEnd end, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
