using System.Globalization;
using OrleansRealtime.Protocol;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.Wire;

/// <content>The commands.</content>
public sealed partial class TestConnection
{
    /// <summary>A correlation id that was not used on this connection yet.</summary>
    public CommandId NewId() => new("t" + (++_lastId).ToString(CultureInfo.InvariantCulture));

    /// <summary>Connects and authenticates by a first message.</summary>
    public static async Task<TestConnection> ConnectAsAsync(Uri server, string token, TestConnectionOptions? options = null)
    {
        var connection = await ConnectAsync(server, options);
        await connection.AuthenticateAsync(token);
        return connection;
    }

    /// <summary>Sends <c>auth</c> and expects <c>auth_ack</c>.</summary>
    public async Task<AuthAckFrame> AuthenticateAsync(string? token, SessionId? session = null)
    {
        await SendAsync(new AuthCommand(NewId(), token, ProtocolVersion.Current, [], session));
        return await AwaitAsync<AuthAckFrame>();
    }

    /// <summary>Subscribes and expects to be let in.</summary>
    public async Task<SubscribedAck> SubscribeAsync(
        string channel, Position? from = null, int last = 0, bool presence = false, TimeSpan? conflate = null) =>
        (SubscribedAck)(await RequestAsync(
            id => new SubscribeCommand(id, ChannelName.Parse(channel), from, last, presence, conflate))).Payload!;

    /// <summary>Publishes and expects an acknowledgement.</summary>
    public async Task<PublishedAck> PublishAsync(string channel, string json, string? messageId = null, string? key = null) =>
        (PublishedAck)(await RequestAsync(
            id => new PublishCommand(id, ChannelName.Parse(channel), Payload.Json(json), messageId, key))).Payload!;

    /// <summary>Reads history and expects it.</summary>
    public async Task<HistoryAck> HistoryAsync(string channel, Position? from = null, int limit = 1000, bool reverse = false) =>
        (HistoryAck)(await RequestAsync(
            id => new HistoryCommand(id, ChannelName.Parse(channel), from, limit, reverse))).Payload!;

    /// <summary>Asks who is there and expects an answer.</summary>
    public async Task<PresenceAck> PresenceAsync(string channel) =>
        (PresenceAck)(await RequestAsync(id => new PresenceCommand(id, ChannelName.Parse(channel)))).Payload!;

    /// <summary>Sends a command and expects <c>ack</c>.</summary>
    public async Task<AckFrame> RequestAsync(Func<CommandId, ClientCommand> command) =>
        await AnswerAsync(command) switch
        {
            AckFrame ack => ack,
            ErrorFrame error => throw new XunitException($"Expected ack, but was refused: {error.Error}"),
            var other => throw new XunitException($"Expected ack, but came: {other}"),
        };

    /// <summary>Sends a command and expects <c>error</c>.</summary>
    public async Task<RealtimeError> RefusalAsync(Func<CommandId, ClientCommand> command) =>
        await AnswerAsync(command) is ErrorFrame error
            ? error.Error
            : throw new XunitException("Expected error, but the command was carried out.");

    /// <summary>The next publication of a channel, kept or new.</summary>
    public async Task<Publication> NextPublicationAsync(string channel) =>
        (await AwaitAsync<PublicationFrame>(
            $"a publication of {channel}", frame => frame.Channel.Value == channel)).Publication;

    /// <summary>So many publications of a channel.</summary>
    public async Task<IReadOnlyList<Publication>> PublicationsAsync(string channel, int count)
    {
        var publications = new List<Publication>(count);
        while (publications.Count < count)
        {
            publications.Add(await NextPublicationAsync(channel));
        }

        return publications;
    }

    private async Task<ServerFrame> AnswerAsync(Func<CommandId, ClientCommand> command)
    {
        var id = NewId();
        var sent = command(id);
        await SendAsync(sent);
        return await AwaitAsync<ServerFrame>(
            $"the answer to {sent.GetType().Name} {id}",
            frame => frame is AckFrame { Id: var ack } && ack == id || frame is ErrorFrame { Id: var error } && error == id);
    }
}
