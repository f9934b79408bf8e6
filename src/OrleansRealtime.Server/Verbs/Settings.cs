namespace OrleansRealtime.Server.Verbs;

/// <summary>Tells settings on the command line, such as <c>--Realtime:Drain:Window=00:00:05</c>, from what was misspelt. Pure.</summary>
internal static class Settings
{
    // What the host and Kestrel read; all else that may be configured lies in a section, and so has a colon.
    private static readonly string[] HostKeys =
        ["urls", "http_ports", "https_ports", "environment", "contentRoot", "webRoot", "applicationName", "AllowedHosts"];

    /// <summary>The first argument that is no setting, or null. A misspelt verb or option must not pass for one that says nothing.</summary>
    public static string? FindStranger(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!IsSetting(argument))
            {
                return argument;
            }

            // --key value
            i += argument.Contains('=', StringComparison.Ordinal) ? 0 : 1;
        }

        return null;
    }

    private static bool IsSetting(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        var key = argument[2..].Split('=', 2)[0];
        return key.Contains(':', StringComparison.Ordinal) || HostKeys.Contains(key, StringComparer.OrdinalIgnoreCase);
    }
}
