namespace OrleansRealtime.Testing.Sessions;

/// <summary>What a session is replayed against: a server, and a way to reach it.</summary>
public interface ISessionHost
{
    /// <summary>
    /// What a placeholder stands for: <c>token:USER</c>, <c>token:USER:MODE</c> (MODE is <c>expired</c>, <c>forged</c> or
    /// <c>readonly</c>, see README.txt) or <c>key:NAME</c>.
    /// </summary>
    string Given(string placeholder);

    /// <summary>Opens a WebSocket at <c>/v1/ws</c>.</summary>
    Task<ISessionLink> ConnectAsync(string subprotocol, CancellationToken cancellationToken);

    /// <summary>Opens a stream of server-sent events. Credential and last event id are filled in, or empty.</summary>
    Task<ISessionLink> OpenEventsAsync(string path, string credential, string lastEventId, CancellationToken cancellationToken);

    /// <summary>Sends one HTTP request. A credential that <see cref="Given"/> gave for a key goes into <c>X-Api-Key</c>.</summary>
    Task<(int Status, string Body)> SendAsync(
        string method, string path, string credential, bool isKey, string? body, CancellationToken cancellationToken);
}

/// <summary>One connection of a session.</summary>
public interface ISessionLink
{
    /// <summary>The id of the last event; empty when there is none.</summary>
    string LastEventId { get; }

    /// <summary>Sends one message.</summary>
    Task SendAsync(string text, CancellationToken cancellationToken);

    /// <summary>The next message. Fails when there is none within a while, or the connection ends.</summary>
    Task<string> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Awaits the end, with nothing before it.</summary>
    Task<int> ReceiveCloseAsync(CancellationToken cancellationToken);

    /// <summary>Cuts the link without a word.</summary>
    Task CutAsync();
}
