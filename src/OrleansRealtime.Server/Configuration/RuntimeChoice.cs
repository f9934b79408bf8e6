namespace OrleansRealtime.Server.Configuration;

/// <summary>What carries the actors.</summary>
internal enum RuntimeChoice
{
    /// <summary>This process alone.</summary>
    Embedded,

    /// <summary>An Orleans cluster.</summary>
    Orleans,
}
