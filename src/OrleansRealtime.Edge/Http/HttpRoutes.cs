using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansRealtime.Edge.Http;

/// <summary>The addresses of the HTTP API, relative to its prefix, each with what the OpenAPI document says of it.</summary>
internal static class HttpRoutes
{
    private static readonly HttpQueryParameter ChannelParameter = new("channel", "string", "The channel.", IsRequired: true);

    /// <summary>Maps all of them, the OpenAPI document and CORS.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        var services = ((IEndpointRouteBuilder)group).ServiceProvider;
        MapChannels(group, services.GetRequiredService<ChannelEndpoints>());
        MapUsers(group, services.GetRequiredService<UserEndpoints>());
        MapSession(group, services.GetRequiredService<SessionEndpoints>());
        group.MapOpenApi("/{documentName}.json");
        group.Map("/{**path}", HttpFallback.AnswerAsync).ExcludeFromDescription();
    }

    /// <summary>Maps an endpoint that answers whoever passes the gate.</summary>
    public static void Map(
        RouteGroupBuilder group, string method, string path, HttpOperation operation, Func<HttpContext, HttpCaller, Task> endpoint)
    {
        // A delegate with its method, and not a RequestDelegate: only those get into the API description.
        Delegate handler = (HttpContext context) =>
        {
            var services = context.RequestServices;
            return services.GetRequiredService<HttpBoundary>().RunAsync(context, async request =>
            {
                Cors.Allow(request);
                await endpoint(request, await services.GetRequiredService<HttpGate>().AdmitAsync(request));
            });
        };
        group.MapMethods(path, [method], handler).WithMetadata(operation);
    }

    private static void MapChannels(RouteGroupBuilder group, ChannelEndpoints channels)
    {
        Post<PublishBody, PublishAnswer>(group, "publish", "Publishes to a channel.", channels.PublishAsync);
        Post<BroadcastBody, BroadcastAnswer>(
            group, "broadcast", "Publishes the same to many channels; each has its own result.", channels.BroadcastAsync);
        Post<SignalBody>(
            group, "signal", "Tells the subscribers of now something that is not kept.", channels.SignalAsync);
        Post<GrantBody, GrantAnswer>(group, "grant", "Gives a user rights in a channel.", channels.GrantAsync);
        Post<GrantBody, GrantAnswer>(
            group, "revoke", "Takes rights in a channel from a user, whatever else allows them.", channels.RevokeAsync);
        Get<HistoryAnswer>(
            group,
            "history",
            "Reads retained publications.",
            channels.HistoryAsync,
            ChannelParameter,
            new HttpQueryParameter("epoch", "string", "With seq: read after this position, or before it in reverse."),
            new HttpQueryParameter("seq", "integer", "With epoch."),
            new HttpQueryParameter("limit", "integer", "How many at most: 1 to 1000; 100 unless given."),
            new HttpQueryParameter("reverse", "boolean", "Newest first."));
        Get<PresenceAnswer>(group, "presence", "Says who is in a channel.", channels.PresenceAsync, ChannelParameter);
        Get<ChannelAnswer>(group, "channel", "Describes a channel, for operators.", channels.DescribeAsync, ChannelParameter);
    }

    private static void MapUsers(RouteGroupBuilder group, UserEndpoints users)
    {
        Post<DisconnectBody, DisconnectAnswer>(
            group, "disconnect", "Closes a user's connections with 1001: they may come back.", users.DisconnectAsync);
        Post<KickBody, DisconnectAnswer>(group, "kick", "Closes a user's connections with 4030.", users.KickAsync);
        Post<BanBody>(group, "ban", "Bans a user, and closes the connections with 4031.", users.BanAsync);
        Post<UnbanBody>(group, "unban", "Lifts a ban.", users.UnbanAsync);
        Post<RevokeTokensBody>(
            group, "revoke-tokens", "Refuses all of a user's tokens issued before a time.", users.RevokeTokensAsync);
        Get<UserAnswer>(
            group, "user", "Says whether a user is online, with status, sessions and ban.", users.DescribeAsync,
            new HttpQueryParameter("user", "string", "The user.", IsRequired: true));
        Map(
            group, HttpMethods.Put, "/status",
            new HttpOperation("setStatus", "Sets what others see as a user's status.", typeof(StatusBody), null, []),
            users.SetStatusAsync);
    }

    private static void MapSession(RouteGroupBuilder group, SessionEndpoints session)
    {
        Post<CallBody, CallAnswer>(group, "call", "Sends a request to the application.", session.CallAsync);
        Map(
            group, HttpMethods.Post, "/ticket",
            new HttpOperation(
                "ticket", "Makes a ticket that lives 30 s, for one connection of an EventSource.", null, typeof(TicketAnswer), []),
            session.TicketAsync);
    }

    private static void Post<TBody, TAnswer>(
        RouteGroupBuilder group, string name, string summary, Func<HttpContext, HttpCaller, Task> endpoint) =>
        Map(group, HttpMethods.Post, "/" + name, new HttpOperation(name, summary, typeof(TBody), typeof(TAnswer), []), endpoint);

    private static void Post<TBody>(
        RouteGroupBuilder group, string name, string summary, Func<HttpContext, HttpCaller, Task> endpoint) =>
        Map(group, HttpMethods.Post, "/" + name, new HttpOperation(name, summary, typeof(TBody), null, []), endpoint);

    private static void Get<TAnswer>(
        RouteGroupBuilder group, string name, string summary, Func<HttpContext, HttpCaller, Task> endpoint,
        params HttpQueryParameter[] query) =>
        Map(group, HttpMethods.Get, "/" + name, new HttpOperation(name, summary, null, typeof(TAnswer), query), endpoint);
}
