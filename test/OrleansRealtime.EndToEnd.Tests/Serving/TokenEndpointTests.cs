using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansRealtime.Server.Development;

namespace OrleansRealtime.EndToEnd.Tests.Serving;

public class TokenEndpointTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:5080", null, true)]
    [InlineData("127.0.0.1", "127.0.0.1:5080", null, true)]
    [InlineData("::1", "[::1]:5080", null, true)]
    [InlineData("::ffff:127.0.0.1", "localhost", null, true)]
    [InlineData("192.0.2.1", "localhost", null, false)]
    [InlineData("127.0.0.1", "rebound.example:5080", null, false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For", false)]
    [InlineData("127.0.0.1", "localhost", "X-Original-For", false)]
    [InlineData("127.0.0.1", "localhost", "Forwarded", false)]
    public void IsAtThisMachine_OnlyFromHereToHereWithoutAProxy(string peer, string host, string? header, bool expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Host = new HostString(host);
        if (header is not null)
        {
            context.Request.Headers[header] = "192.0.2.1";
        }

        Assert.Equal(expected, TokenEndpoint.IsAtThisMachine(context));
    }
}
