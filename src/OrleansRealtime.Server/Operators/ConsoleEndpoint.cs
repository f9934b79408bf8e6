using System.Text.Json.Serialization;
using OrleansRealtime.Server.Development;

namespace OrleansRealtime.Server.Operators;

/// <summary><c>/console</c>: static files, and what the page must know before anyone has signed in.</summary>
/// <remarks>The page itself holds nothing worth protecting: all that it shows it asks for with the operator's token.</remarks>
internal static class ConsoleEndpoint
{
    private const string Path = "/console";

    /// <summary>Hides the page when the console is switched off; to be called before static files are served.</summary>
    public static void Use(WebApplication app, ConsoleOptions options)
    {
        if (!options.Enabled)
        {
            app.Use((context, next) =>
            {
                if (!context.Request.Path.StartsWithSegments(Path))
                {
                    return next(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>Maps what the page asks for first: whether it may help itself to a token, as anyone at this machine may in Development.</summary>
    public static void Map(WebApplication app, ConsoleOptions options, bool issuesTokens)
    {
        if (options.Enabled)
        {
            app.MapGet(Path + "/settings.json", (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "no-store";
                return TypedResults.Json(
                    new ConsoleSettings(issuesTokens && TokenEndpoint.IsAtThisMachine(context)), SettingsJson.Default.ConsoleSettings);
            });
        }
    }
}

/// <summary>What the page must know before anyone has signed in.</summary>
/// <param name="Development">Whether the server gives tokens to this client.</param>
internal sealed record ConsoleSettings(bool Development);

/// <summary>Writes <see cref="ConsoleSettings"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ConsoleSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
