namespace OrleansRealtime.Server.Policies;

internal sealed partial class ReloadingPolicies
{
    [LoggerMessage(5001, LogLevel.Information, "Policies reloaded: {Count} namespaces")]
    private partial void PoliciesReloaded(int count);

    [LoggerMessage(5002, LogLevel.Warning, "The changed configuration has mistakes; the old policies stay in force. {Mistakes}")]
    private partial void PoliciesKept(string mistakes);

    [LoggerMessage(5003, LogLevel.Warning, "The changed configuration cannot be read; the old policies stay in force. {Fault}")]
    private partial void FileNotRead(string fault);
}
