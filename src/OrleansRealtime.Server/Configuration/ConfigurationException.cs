namespace OrleansRealtime.Server.Configuration;

/// <summary>The server cannot start with this configuration.</summary>
internal sealed class ConfigurationException(IReadOnlyList<ConfigurationMistake> mistakes)
    : Exception("The configuration has mistakes:" + Environment.NewLine
        + string.Join(Environment.NewLine, mistakes.Select(static mistake => "  " + mistake)))
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; } = mistakes;
}
