using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Server.Development;

/// <summary>Gives tokens to whoever sits at this machine. Mapped only in Development with made-up keys.</summary>
internal static class TokenEndpoint
{
    /// <summary>The address of the token page; with <c>?user=</c> it answers with the token as JSON.</summary>
    public const string Path = "/dev/token";

    private const int MaxMinutes = 24 * 60;

    /// <summary>Maps the page.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, JwtIssuer issuer)
    {
        endpoints.MapGet(Path, (HttpContext context, string? user, string? caps, int? minutes) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            if (!IsAtThisMachine(context))
            {
                return Results.Problem("Tokens are given at this machine only: open http://localhost, not through a proxy.", statusCode: 403);
            }

            return user is null
                ? TypedResults.Content(Page, "text/html; charset=utf-8")
                : Issue(issuer, user, caps, minutes ?? 60);
        });
    }

    /// <summary>
    /// Whether the request comes from this machine and was meant for it: a loopback peer, no proxy in between, and a host name
    /// that no other site can point here (DNS rebinding).
    /// </summary>
    internal static bool IsAtThisMachine(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        var isForwarded = context.Request.Headers.ContainsKey("X-Forwarded-For")
            || context.Request.Headers.ContainsKey("X-Original-For")
            || context.Request.Headers.ContainsKey("Forwarded");
        var host = context.Request.Host.Host;
        var isLocalName = host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return peer is not null && IPAddress.IsLoopback(peer) && !isForwarded && isLocalName;
    }

    private static IResult Issue(JwtIssuer issuer, string user, string? caps, int minutes)
    {
        if (!UserId.TryParse(user, out var id))
        {
            return Results.Problem("user: 1 to 128 ASCII letters, digits and _ - . : / @ | + =.", statusCode: 400);
        }

        if (!CapabilityText.TryParse(caps, out var capabilities, out var fault))
        {
            return Results.Problem(fault, statusCode: 400);
        }

        if (minutes is < 1 or > MaxMinutes)
        {
            return Results.Problem($"minutes: 1 to {MaxMinutes}.", statusCode: 400);
        }

        var info = $$"""{"name":"{{JavaScriptEncoder.Default.Encode(user)}}"}""";
        var token = issuer.Issue(
            new TokenRequest(id, TimeSpan.FromMinutes(minutes)) { Capabilities = capabilities, InfoJson = info });
        return TypedResults.Json(new IssuedToken(id.Value, token), TokenJson.Default.IssuedToken);
    }

    private const string Page = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Development token</title>
        <style>body{font:16px system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}label{display:block;margin:.7rem 0}
        input{font:inherit;width:100%;padding:.4rem}textarea{width:100%;height:8rem}</style>
        <h1>Development token</h1>
        <p>For this machine only. The server signs with a key that it made up for development.</p>
        <form><label>User <input name="user" required value="alice"></label>
        <label>Capabilities <input name="caps" placeholder="chat:*=subscribe,publish"></label>
        <label>Minutes <input name="minutes" type="number" min="1" max="1440" value="60"></label>
        <button>Make token</button></form><p><textarea readonly aria-label="Token"></textarea></p>
        <script>
        document.forms[0].onsubmit = async event => {
          event.preventDefault();
          const answer = await (await fetch("?" + new URLSearchParams(new FormData(event.target)))).json();
          document.querySelector("textarea").value = answer.token ?? answer.detail;
        };
        </script></html>
        """;
}

/// <summary>The answer of the token endpoint.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Token">A JWT.</param>
internal sealed record IssuedToken(string User, string Token);

/// <summary>Writes <see cref="IssuedToken"/> without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IssuedToken))]
internal sealed partial class TokenJson : JsonSerializerContext;
