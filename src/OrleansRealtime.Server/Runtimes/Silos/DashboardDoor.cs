using System.Net;
using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Server.Runtimes.Silos;

/// <summary>
/// Lets those in who may manage users and all channels: servers by their API key, and people by a token. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A browser cannot put a token into the header of a page that it opens. So its user hands the token in once, and the browser keeps
/// it in a cookie that no script can read and that goes nowhere but to the dashboard. The token is checked with each request, as in
/// a header: it expires and is revoked like any other, and every node of the cluster takes it.
/// </remarks>
internal sealed class DashboardDoor(HttpGate gate, HttpBoundary boundary)
{
    /// <summary>Where the page to sign in sends the token, below the dashboard.</summary>
    public const string SignInPath = "/sign-in";

    private const string Cookie = "orleansrealtime-dashboard";
    private const string TokenField = "token";

    // A token is at most 8 KiB; the form escapes nothing of it.
    private const int MaxFormBytes = 16 * 1024;

    /// <summary>Answers those who may not come in; the others go on to the dashboard.</summary>
    public async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var isIn = false;
        await boundary.RunAsync(context, async request =>
        {
            try
            {
                await AdmitAsync(request, request.Request.Headers.Authorization.Count > 0 ? null : request.Request.Cookies[Cookie]);
                isIn = true;
            }
            catch (HttpRefusedException refused) when (IsForPage(request))
            {
                await WriteSignInAsync(request, refused.Refusal);
            }
        });
        if (!isIn)
        {
            return Results.Empty;
        }

        Harden(context.Response, "frame-ancestors 'none'");
        return await next(invocation);
    }

    /// <summary>Takes a token from the page to sign in.</summary>
    public Task SignInAsync(HttpContext context) => boundary.RunAsync(context, async request =>
    {
        try
        {
            var token = await ReadTokenAsync(request.Request);
            await AdmitAsync(request, token);
            request.Response.Cookies.Append(Cookie, token, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = request.Request.IsHttps,
                Path = OrleansDashboard.Path,
                IsEssential = true,
            });
            request.Response.StatusCode = StatusCodes.Status303SeeOther;
            request.Response.Headers.Location = OrleansDashboard.Path + "/";
        }
        catch (HttpRefusedException refused)
        {
            await WriteSignInAsync(request, refused.Refusal);
        }
    });

    private async Task AdmitAsync(HttpContext context, string? token)
    {
        var caller = await gate.AdmitAsync(context, token);
        if (!caller.ManagesUsers)
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden("the dashboard takes an API key, or a token with manage in every channel (*)"));
        }
    }

    private static async Task<string> ReadTokenAsync(HttpRequest request)
    {
        if (!request.HasFormContentType || request.ContentLength is not (> 0 and <= MaxFormBytes))
        {
            throw new HttpRefusedException(HttpRefusals.BadRequest($"send the token in a form of at most {MaxFormBytes} bytes"));
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        return form[TokenField].ToString().Trim() is { Length: > 0 } token
            ? token
            : throw new HttpRefusedException(HttpRefusals.Unauthenticated("there is no token in the form"));
    }

    // What scripts of the dashboard ask for gets a problem, as everywhere.
    private static bool IsForPage(HttpContext context) =>
        context.Request.GetTypedHeaders().Accept.Any(static one => one.MediaType == "text/html");

    private static Task WriteSignInAsync(HttpContext context, HttpRefusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        Harden(context.Response, "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        return context.Response.WriteAsync(
            $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Dashboard</title>
            <style>body{font:16px system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}textarea{width:100%;height:8rem}</style>
            <h1>Dashboard</h1>
            <p>{{WebUtility.HtmlEncode(refusal.Error.Detail)}}</p>
            <form method="post" action="{{OrleansDashboard.Path}}{{SignInPath}}">
            <p><label>A token with the right <code>manage</code> in every channel<br><textarea name="{{TokenField}}" required></textarea></label></p>
            <button>Sign in</button></form></html>
            """,
            context.RequestAborted);
    }

    private static void Harden(HttpResponse response, string policy)
    {
        response.Headers.ContentSecurityPolicy = policy;
        response.Headers.XContentTypeOptions = "nosniff";

        // With less, the form that signs in would come without an Origin, as if from a stranger.
        response.Headers["Referrer-Policy"] = "same-origin";
    }
}
