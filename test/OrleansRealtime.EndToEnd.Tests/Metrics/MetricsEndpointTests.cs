using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansRealtime.EndToEnd.Tests.Serving;
using OrleansRealtime.Server.Metrics;

namespace OrleansRealtime.EndToEnd.Tests.Metrics;

public class MetricsEndpointTests
{
    [Fact]
    public async Task Page_OfARunningServer_ShowsWhatEachPartMeasures()
    {
        // Without the console, which has an actor of its own.
        await using var app = await ServedApp.StartAsync(
            "--Realtime:Console:Enabled=false",
            "--Realtime:ApiKeys:0:Name=test",
            $"--Realtime:ApiKeys:0:Sha256={Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("the key"u8))}");
        using var client = new HttpClient { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", "the key");
        using var body = new StringContent("""{"channel":"chat:1","data":1}""", System.Text.Encoding.UTF8, "application/json");
        using var published = await client.PostAsync(new Uri("/v1/publish", UriKind.Relative), body);
        published.EnsureSuccessStatusCode();

        using var refused = await client.GetAsync(new Uri("/v1/sse?channels=chat:1&access_token=x", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        using var response = await client.GetAsync(new Uri(MetricsEndpoint.Path, UriKind.Relative));
        var page = PrometheusPage.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(PrometheusText.ContentType, response.Content.Headers.ContentType?.ToString());
        Assert.Equal(1, page.Samples["orleansrealtime_runtime_activations|kind=channel"]);
        Assert.Equal(1, page.Samples["orleansrealtime_storage_append_batch_sum"]);
        Assert.Equal(1, page.Samples["orleansrealtime_edge_handshakes_refused_total|status=400"]);
        Assert.True(page.Samples["orleansrealtime_storage_transaction_duration_seconds_count"] > 0);
        Assert.True(page.Samples["dotnet_process_memory_working_set_bytes"] > 0);
    }

    [Fact]
    public async Task Page_SwitchedOff_IsNotThere()
    {
        await using var app = await ServedApp.StartAsync("--Realtime:Metrics:Enabled=false");
        using var client = new HttpClient { BaseAddress = app.Address };

        using var response = await client.GetAsync(new Uri(MetricsEndpoint.Path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Page_ThroughAProxyThatIsNotTrusted_IsRefusedWithTheRemedy()
    {
        await using var app = await ServedApp.StartAsync();
        using var client = new HttpClient { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "127.0.0.1");

        using var response = await client.GetAsync(new Uri(MetricsEndpoint.Path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("Realtime:Metrics:AllowedNetworks", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", null, null, true)]
    [InlineData("::1", null, null, true)]
    [InlineData("::ffff:127.0.0.1", null, null, true)]
    [InlineData("192.0.2.1", null, null, false)]
    [InlineData("192.0.2.1", null, "192.0.2.0/24", true)]
    [InlineData("192.0.2.1", null, "192.0.2.1", true)]
    [InlineData("192.0.2.2", null, "192.0.2.1", false)]
    [InlineData("::ffff:192.0.2.1", null, "192.0.2.0/24", true)]
    [InlineData("2001:db8::1", null, "2001:db8::/32", true)]
    [InlineData("127.0.0.1", "X-Forwarded-For", null, false)]
    [InlineData("127.0.0.1", "Forwarded", null, false)]
    public void MayRead_OnlyThisMachineAndThoseListed(string peer, string? header, string? network, bool expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        if (header is not null)
        {
            context.Request.Headers[header] = "192.0.2.1";
        }

        IPNetwork[] allowed = network is null ? [] : [MetricsEndpoint.ReadNetwork(network)];

        Assert.Equal(expected, MetricsEndpoint.MayRead(context, allowed));
    }
}
