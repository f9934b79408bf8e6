using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Edge.Tests.Kestrel;

namespace OrleansRealtime.Edge.Tests.Http;

public sealed class OpenApiTests
{
    [Fact]
    public async Task Document_DescribesEveryRoute()
    {
        await using var server = await EdgeServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        using var document = JsonDocument.Parse(await http.GetStringAsync("/v1/openapi.json"));
        var paths = document.RootElement.GetProperty("paths");

        var described = 0;
        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<HttpOperation>() is not { } operation)
            {
                // Only WebSockets, the document itself and the preflight may go undescribed.
                Assert.Contains(endpoint.RoutePattern.RawText, new[] { "/v1/ws", "/v1/{documentName}.json", "/v1/{**path}" });
                continue;
            }

            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant();
            var entry = paths.GetProperty(endpoint.RoutePattern.RawText!).GetProperty(method);
            Assert.Equal(operation.Summary, entry.GetProperty("summary").GetString());
            Assert.Equal(operation.Body is not null, entry.TryGetProperty("requestBody", out _));
            Assert.True(entry.GetProperty("responses").GetProperty("default").GetProperty("content")
                .TryGetProperty("application/problem+json", out _));
            described++;
        }

        Assert.Equal(18, described);
        Assert.Equal(described, paths.EnumerateObject().Sum(static path => path.Value.EnumerateObject().Count()));
    }

    [Fact]
    public async Task Document_HasSchemasParametersAndSecurity()
    {
        await using var server = await HttpTestServer.StartAsync();
        using var document = JsonDocument.Parse(await server.Client.GetStringAsync("/v1/openapi.json"));
        var root = document.RootElement;

        var components = root.GetProperty("components");
        var body = root.GetProperty("paths").GetProperty("/v1/publish").GetProperty("post").GetProperty("requestBody")
            .GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties");
        Assert.Equal(
            ["channel", "data", "mid", "key", "encoding"], body.EnumerateObject().Select(static property => property.Name));
        Assert.Contains("Idempotency-Key", body.GetProperty("mid").ToString(), StringComparison.Ordinal);
        Assert.Equal(
            ["apiKey", "bearer"],
            components.GetProperty("securitySchemes").EnumerateObject().Select(static scheme => scheme.Name).Order());
        Assert.Equal(2, root.GetProperty("security").GetArrayLength());
        var history = root.GetProperty("paths").GetProperty("/v1/history").GetProperty("get").GetProperty("parameters");
        Assert.Equal(
            ["channel", "epoch", "seq", "limit", "reverse"],
            history.EnumerateArray().Select(static parameter => parameter.GetProperty("name").GetString()));
    }
}
