namespace OrleansRealtime.Client;

/// <summary>The server, or the client itself, refused a request. <see cref="Error"/> says why and whether to try again.</summary>
public class RealtimeException : Exception
{
    /// <summary>A request was refused.</summary>
    public RealtimeException(RealtimeError error)
        : base($"{error.Code.ToWireName()}: {error.Detail}") => Error = error;

    /// <summary>Why.</summary>
    public RealtimeError Error { get; }
}
