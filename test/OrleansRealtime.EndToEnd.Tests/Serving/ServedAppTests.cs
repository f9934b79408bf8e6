using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.EndToEnd.Tests.Serving;

public class ServedAppTests
{
    [Theory]
    [InlineData("/health/live", "text/plain")]
    [InlineData("/health/ready", "text/plain")]
    [InlineData("/", "text/html")]
    [InlineData("/chat.js", "text/javascript")]
    [InlineData("/realtime.js", "text/javascript")]
    public async Task Get_WhatIsServed_IsThere(string path, string type)
    {
        await using var app = await ServedApp.StartAsync();
        using var client = new HttpClient { BaseAddress = app.Address };

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Get_TokenPageOutsideDevelopment_IsNotThere()
    {
        await using var app = await ServedApp.StartAsync();
        using var client = new HttpClient { BaseAddress = app.Address };

        using var response = await client.GetAsync(new Uri("/dev/token?user=alice", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Reload_ValidPolicies_TakeEffect()
    {
        await using var app = await ServedApp.StartAsync();
        var policies = app.Services.GetRequiredService<IChannelPolicies>();
        var channel = ChannelName.Parse("game:7");
        Assert.False(policies.TryFind(channel, out _));

        Change(app, "Realtime:Namespaces:game:Presence", "count");

        Assert.True(policies.TryFind(channel, out var policy));
        Assert.Equal(Core.Policies.PresencePolicy.Count, policy.Presence);
    }

    [Fact]
    public async Task Reload_AMistake_KeepsTheOldPolicies()
    {
        await using var app = await ServedApp.StartAsync();
        var policies = app.Services.GetRequiredService<IChannelPolicies>();

        Change(app, "Realtime:Namespaces:game:Presence", "everyone");

        Assert.False(policies.TryFind(ChannelName.Parse("game:7"), out _));
        Assert.True(policies.TryFind(ChannelName.Parse("chat:1"), out _));
    }

    private static void Change(ServedApp app, string key, string value)
    {
        var configuration = (IConfigurationRoot)app.Services.GetRequiredService<IConfiguration>();
        configuration[key] = value;
        configuration.Reload();
    }
}
