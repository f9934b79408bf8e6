using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.Verbs;

/// <summary><c>serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeVerb
{
    /// <summary>Runs the verb: 0 when it was told to stop, also before it had started; 1 when it cannot start, with the reason on <paramref name="errors"/>.</summary>
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
            try
            {
                if (!await TryStartAsync(app, errors, cancellationToken))
                {
                    return 1;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // What is told to stop while it starts has no fault, and nothing to wind up.
                return 0;
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
