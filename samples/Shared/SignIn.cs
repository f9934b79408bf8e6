using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Samples;

/// <summary>A sign-in that asks for no more than a name. Yours knows its users, and gives tokens to them alone.</summary>
internal static class SignIn
{
    /// <summary>Adds a signing key, and who makes tokens with it.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        // A key per start: after a restart the tokens of before are refused, and the clients fetch new ones by themselves.
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        services.Configure<AuthenticationOptions>(options => options.Keys.Add(
            new SigningKeyOptions { Id = "samples", Algorithm = "HS256", Secret = secret }));
        return services.AddSingleton(static provider => new JwtIssuer(
            provider.GetRequiredService<IOptions<AuthenticationOptions>>().Value, TimeProvider.System));
    }

    /// <summary>Maps <c>POST /token?name=</c>, which answers with a short-lived token.</summary>
    /// <param name="app">The application.</param>
    /// <param name="describe">What else a user's token says, or null for nothing.</param>
    public static void MapSignIn(this WebApplication app, Func<TokenRequest, TokenRequest>? describe = null) =>
        app.MapPost("/token", (string name, JwtIssuer issuer) =>
        {
            if (!UserId.TryParse(name, out var user))
            {
                return Results.BadRequest("A name is 1 to 128 letters, digits and _ - . : / @ | + =.");
            }

            var request = new TokenRequest(user, TimeSpan.FromMinutes(10));
            return Results.Text(issuer.Issue(describe?.Invoke(request) ?? request));
        });
}
