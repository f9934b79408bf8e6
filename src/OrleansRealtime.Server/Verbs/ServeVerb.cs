using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.Verbs;

/// <summary><c>serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeVerb
{
    /// <summary>Runs the verb; 1 when the configuration has mistakes, which go to the error stream.</summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        WebApplication app;
        try
        {
            app = ServerApp.Create(args);
        }
        catch (ConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }

        await using (app)
        {
            await app.RunAsync(cancellationToken);
        }

        return 0;
    }
}
