using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.Verbs;

/// <summary><c>serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeVerb
{
    /// <summary>Runs the verb; 1 when it cannot start, with the reason on <paramref name="errors"/>.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter errors, CancellationToken cancellationToken)
    {
        WebApplication app;
        try
        {
            app = ServerApp.Create(args);
        }
        catch (ConfigurationException exception)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }

        await using (app)
        {
            if (!await TryStartAsync(app, errors, cancellationToken))
            {
                return 1;
            }

            await app.WaitForShutdownAsync(cancellationToken);
        }

        return 0;
    }

    // The host has logged the exception with its stack; the last line on the screen says what it comes to.
    private static async Task<bool> TryStartAsync(WebApplication app, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await errors.WriteLineAsync("The server could not start. " + Fault.Describe(exception));
            return false;
        }
    }
}
