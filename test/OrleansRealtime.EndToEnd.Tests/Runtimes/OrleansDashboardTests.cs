using System.Net;
using System.Text.Json.Nodes;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

/// <summary>Who sees Orleans' dashboard, and what Orleans measures.</summary>
[Collection(ServerProcesses.Name)]
public sealed class OrleansDashboardTests : IAsyncLifetime
{
    private const string Stats = "/dashboard/ClusterStats";

    // Orleans': the dashboard asks its silo once a second, also one that stops, where nothing can be found any more.
    private const int TargetNotFound = 100071;

    private static readonly string Operator = TokenWith("""{"*":["manage"]}""");

    private TestServer? _server;

    private TestServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(Settings);
        _server.Logs.Expect(TargetNotFound);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Request_WithoutCredentials_GetsAProblem()
    {
        using var answer = await GetAsync(Stats);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/dashboard")]
    [InlineData("/dashboard/")]
    [InlineData("/dashboard/index.html")]
    public async Task Page_WithoutCredentials_AsksForAToken(string path)
    {
        using var answer = await GetAsync(path, ("Accept", "text/html,*/*"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("action=\"/dashboard/sign-in\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WithAnApiKeyOrAToken_NeedsTheRightToManageEverything()
    {
        using var server = await GetAsync(Stats, ("X-Api-Key", ServerSettings.ApiKey));
        using var someone = await GetAsync(Stats, ("Authorization", "Bearer " + TestTokens.For("ann")));
        using var ofOneNamespace = await GetAsync(Stats, ("Authorization", "Bearer " + TokenWith("""{"chat:*":["manage"]}""")));
        using var ofAll = await GetAsync(Stats, ("Authorization", "Bearer " + Operator));

        Assert.Equal(HttpStatusCode.OK, server.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, someone.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, ofOneNamespace.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ofAll.StatusCode);
    }

    [Fact]
    public async Task Counters_ShowTheSilo()
    {
        // The dashboard gathers once a second; each answer is awaited, and there is no pause to guess.
        var deadline = DateTime.UtcNow.AddSeconds(30);
        int hosts;
        do
        {
            using var answer = await GetAsync("/dashboard/DashboardCounters", ("X-Api-Key", ServerSettings.ApiKey));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            hosts = (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["totalActiveHostCount"]!;
        }
        while (hosts == 0 && DateTime.UtcNow < deadline);

        Assert.Equal(1, hosts);
    }

    [Fact]
    public async Task SignIn_WithAToken_OpensTheDashboardToTheBrowser()
    {
        var cookie = await SignInAsync(Operator);
        using var with = await GetAsync(Stats, ("Cookie", cookie.Split(';')[0]));
        using var fromAStranger = await GetAsync(Stats, ("Cookie", cookie.Split(';')[0]), ("Origin", "https://elsewhere.example"));

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/dashboard", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, fromAStranger.StatusCode);
    }

    [Fact]
    public async Task SignIn_TokenIsRevoked_ClosesTheDashboard()
    {
        var token = TestTokens.For("operator-2", ("caps", JsonNode.Parse("""{"*":["manage"]}""")));
        var cookie = (await SignInAsync(token)).Split(';')[0];

        Assert.Equal(204, (await Server.PostAsync("/v1/ban", """{"user":"operator-2"}""")).Status);

        using var after = await GetAsync(Stats, ("Cookie", cookie));
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
    }

    [Theory]
    [InlineData("not a token", HttpStatusCode.Unauthorized)]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Forbidden)]
    public async Task SignIn_WithoutTheRight_SetsNoCookie(string? token, HttpStatusCode status)
    {
        using var answer = await PostTokenAsync(token ?? TestTokens.For("ann"));

        Assert.Equal(status, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Dashboard_SwitchedOff_IsNotThere()
    {
        await using var server = await TestServer.StartAsync(Settings.With("Cluster:Dashboard", "false"));
        using var http = new HttpClient { BaseAddress = server.Address };

        using var answer = await http.GetAsync(new Uri(Stats, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Metrics_ShowWhatOrleansMeasuresBesideOurs()
    {
        using var answer = await GetAsync("/metrics");

        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\norleans_", page, StringComparison.Ordinal);
        Assert.Contains("\norleansrealtime_", page, StringComparison.Ordinal);
    }

    private static ServerSettings Settings => ServerSettings.InMemory
        .With("Runtime", "orleans")
        .With("Cluster:SiloPort", FreePorts.Next())
        .With("Cluster:GatewayPort", FreePorts.Next());

    private static string TokenWith(string caps) => TestTokens.For("operator", ("caps", JsonNode.Parse(caps)));

    private async Task<string> SignInAsync(string token)
    {
        using var answer = await PostTokenAsync(token);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/dashboard/", answer.Headers.Location?.OriginalString);
        return Assert.Single(answer.Headers.GetValues("Set-Cookie"));
    }

    private async Task<HttpResponseMessage> PostTokenAsync(string token)
    {
        using var http = Client();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]);
        return await http.PostAsync(new Uri("/dashboard/sign-in", UriKind.Relative), form);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var http = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    private HttpClient Client() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Server.Address };
}
