namespace OrleansRealtime.Core.Ports;

/// <summary>An actor cannot be reached now, or lost its state; trying again later may succeed.</summary>
public sealed class ActorUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ActorUnavailableException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public ActorUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public ActorUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
