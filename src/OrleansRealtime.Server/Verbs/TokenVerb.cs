using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Development;

namespace OrleansRealtime.Server.Verbs;

/// <summary><c>token</c>: prints a JWT signed with the server's HS256 key.</summary>
internal static class TokenVerb
{
    /// <summary>Runs the verb; 0 with the token on <paramref name="output"/>, otherwise 1 with the reason on <paramref name="errors"/>.</summary>
    public static int Run(string user, string? caps, double minutes, string[] settings, TextWriter output, TextWriter errors)
    {
        if (!UserId.TryParse(user, out var id))
        {
            return Fail(errors, $"--user '{user}' is no user id: 1 to 128 ASCII letters, digits and _ - . : / @ | + =.");
        }

        if (!CapabilityText.TryParse(caps, out var capabilities, out var fault))
        {
            return Fail(errors, "--caps: " + fault);
        }

        if (minutes is not (> 0 and <= 525_600))
        {
            return Fail(errors, "--minutes must be more than 0 and at most 525600.");
        }

        var builder = WebApplication.CreateBuilder(ServerApp.Options(settings));
        var read = ServerConfiguration.Read(builder.Configuration, needsKeys: !builder.Environment.IsDevelopment());
        if (read.Mistakes.Count > 0)
        {
            return Fail(errors, string.Join(Environment.NewLine, read.Mistakes));
        }

        if (builder.Environment.IsDevelopment())
        {
            DevelopmentKeys.LoadOrCreate(DevelopmentKeys.DefaultFile).AddTo(read.Options);
        }

        try
        {
            var issuer = new JwtIssuer(read.Options.Authentication, TimeProvider.System);
            output.WriteLine(issuer.Issue(new TokenRequest(id, TimeSpan.FromMinutes(minutes)) { Capabilities = capabilities }));
            return 0;
        }
        catch (InvalidOperationException exception)
        {
            return Fail(errors, exception.Message);
        }
    }

    private static int Fail(TextWriter errors, string message)
    {
        errors.WriteLine(message);
        return 1;
    }
}
