using System.Text;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Sessions;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Sessions;

/// <summary>Reaches a real server for the replay of recorded sessions.</summary>
internal sealed class ServerSessionHost(Uri server) : ISessionHost
{
    public string Given(string placeholder) =>
        placeholder.Split(':') switch
        {
            ["token", var user] => TestTokens.For(user),
            ["token", var user, "expired"] => TestTokens.Expiring(user, TimeSpan.FromHours(-1)),
            ["token", var user, "forged"] => TestTokens.WronglySigned(user),
            ["key", "backend"] => ServerSettings.ApiKey,
            _ => throw new ArgumentException($"Nothing is given for '{placeholder}'.", nameof(placeholder)),
        };

    public async Task<ISessionLink> ConnectAsync(string subprotocol, CancellationToken cancellationToken) =>
        new WebSocketLink(await TestConnection.ConnectAsync(
            server, new TestConnectionOptions { Subprotocols = subprotocol.Length == 0 ? [] : [subprotocol] }));

    public async Task<ISessionLink> OpenEventsAsync(
        string path, string credential, string lastEventId, CancellationToken cancellationToken) =>
        new EventStreamLink(await TestEventStream.OpenAtAsync(
            new Uri(server, path), credential.Length == 0 ? null : credential, lastEventId.Length == 0 ? null : lastEventId));

    public async Task<(int Status, string Body)> SendAsync(
        string method, string path, string credential, bool isKey, string? body, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server, path));
        if (credential.Length > 0)
        {
            request.Headers.Add(isKey ? "X-Api-Key" : "Authorization", isKey ? credential : "Bearer " + credential);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private sealed class WebSocketLink(TestConnection connection) : ISessionLink
    {
        public string LastEventId => "";

        public Task SendAsync(string text, CancellationToken cancellationToken) => connection.SendTextAsync(text);

        public async Task<string> ReceiveAsync(CancellationToken cancellationToken) =>
            await connection.NextRawAsync() is { } raw
                ? raw.ToString()
                : throw new EndOfStreamException($"The server closed: {await connection.AwaitCloseAsync()}");

        public async Task<int> ReceiveCloseAsync(CancellationToken cancellationToken) =>
            await connection.NextRawAsync() is { } raw
                ? throw new InvalidDataException($"Expected the end, but came: {raw}")
                : (await connection.AwaitCloseAsync()).Code;

        public async Task CutAsync() => await connection.DisposeAsync();
    }

    private sealed class EventStreamLink(TestEventStream events) : ISessionLink
    {
        public string LastEventId => events.LastEventId ?? "";

        public Task SendAsync(string text, CancellationToken cancellationToken) =>
            throw new NotSupportedException("An event stream is one way.");

        public async Task<string> ReceiveAsync(CancellationToken cancellationToken) =>
            (await events.NextAsync())?.Data ?? throw new EndOfStreamException("The stream ended.");

        public Task<int> ReceiveCloseAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException("An event stream has no close code.");

        public async Task CutAsync() => await events.DisposeAsync();
    }
}
