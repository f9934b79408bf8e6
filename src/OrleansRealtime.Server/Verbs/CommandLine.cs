using System.CommandLine;

namespace OrleansRealtime.Server.Verbs;

/// <summary>What can be asked of the executable: <c>serve</c> (also without a verb), <c>token</c>, <c>check-config</c>.</summary>
/// <remarks>Whatever is no verb and no option of one is a setting, as <c>--urls</c> or <c>--Realtime:Drain:Window</c>.</remarks>
internal static class CommandLine
{
    /// <summary>Runs the verb in <paramref name="args"/> and returns the exit code.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("The OrleansRealtime server. Settings such as --urls http://localhost:8080 may follow any verb.")
        {
            Serve(),
            Token(),
            CheckConfig(),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(ServeAsync);
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static Command Serve()
    {
        var serve = new Command("serve", "Serves until it is told to stop. The default.") { TreatUnmatchedTokensAsErrors = false };
        serve.SetAction(ServeAsync);
        return serve;
    }

    private static Command Token()
    {
        var user = new Option<string>("--user") { Description = "Whose token: the sub claim.", Required = true };
        var caps = new Option<string?>("--caps") { Description = "Rights by channel or prefix, e.g. 'chat:*=subscribe,publish;news=subscribe'." };
        var minutes = new Option<double>("--minutes") { Description = "How long it is good.", DefaultValueFactory = static _ => 60 };
        var token = new Command("token", "Prints a token signed with the server's HS256 key.") { user, caps, minutes };
        token.TreatUnmatchedTokensAsErrors = false;
        token.SetAction((parsed, _) => GuardAsync(parsed, settings => Task.FromResult(TokenVerb.Run(
            parsed.GetRequiredValue(user),
            parsed.GetValue(caps),
            parsed.GetValue(minutes),
            settings,
            Console.Out,
            Console.Error))));
        return token;
    }

    private static Command CheckConfig()
    {
        var check = new Command("check-config", "Prints every policy as it will run, and every mistake; fails when there is one.");
        check.TreatUnmatchedTokensAsErrors = false;
        check.SetAction(static (parsed, _) => GuardAsync(
            parsed, static settings => Task.FromResult(CheckConfigVerb.Run(settings, Console.Out))));
        return check;
    }

    private static Task<int> ServeAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        GuardAsync(parsed, settings => ServeVerb.RunAsync(settings, Console.Error, cancellationToken));

    private static async Task<int> GuardAsync(ParseResult parsed, Func<string[], Task<int>> run)
    {
        string[] settings = [.. parsed.UnmatchedTokens];
        if (Settings.FindStranger(settings) is { } stranger)
        {
            await Console.Error.WriteLineAsync($"'{stranger}' is no verb, option or setting. See --help.");
            return 1;
        }

        try
        {
            return await run(settings);
        }
        catch (Exception exception) when (Fault.IsOfSurroundings(exception))
        {
            await Console.Error.WriteLineAsync(Fault.Describe(exception));
            return 1;
        }
    }
}
