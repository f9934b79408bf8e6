using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Runtimes;

namespace OrleansRealtime.Server.Verbs;

/// <summary><c>check-config</c>: prints every policy as it will run, and every mistake.</summary>
internal static class CheckConfigVerb
{
    /// <summary>Runs the verb; 0 when the server would start with this configuration, otherwise 1.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var builder = WebApplication.CreateBuilder(ServerApp.Options(args));
        var read = ServerConfiguration.Read(builder.Configuration, needsKeys: !builder.Environment.IsDevelopment());

        output.WriteLine($"environment     {builder.Environment.EnvironmentName}");
        var runtime = read.Options.Runtime ?? OrleansRuntime.Default;
        output.WriteLine($"runtime         {ScalarValue.ToWord(runtime)}");
        if (runtime == RuntimeChoice.Orleans)
        {
            var cluster = read.Options.Cluster;
            var tls = cluster.Tls.Certificate is null ? "without TLS" : "with TLS";
            output.WriteLine($"cluster         {ScalarValue.ToWord(cluster.Mode)}, {cluster.ClusterId}, as {ScalarValue.ToWord(cluster.Role)}, {tls}");
        }

        output.WriteLine($"storage         {ScalarValue.ToWord(read.Options.Storage.Provider)}");
        foreach (var policy in read.Policies.All)
        {
            output.WriteLine();
            foreach (var line in PolicyText.Lines(policy))
            {
                output.WriteLine(line);
            }
        }

        output.WriteLine();
        foreach (var mistake in read.Mistakes)
        {
            output.WriteLine($"mistake: {mistake}");
        }

        output.WriteLine(read.Mistakes.Count == 0 ? "no mistakes" : $"mistakes: {read.Mistakes.Count}; the server will not start");
        return read.Mistakes.Count == 0 ? 0 : 1;
    }
}
