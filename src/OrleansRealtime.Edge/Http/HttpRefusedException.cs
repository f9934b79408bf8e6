namespace OrleansRealtime.Edge.Http;

/// <summary>
/// Ends a request with a refusal from within the reading of its parts; caught by <see cref="HttpBoundary"/>. Outcomes of actors
/// are values; this is only for the many small «no» of reading a request, which would otherwise be half of every handler.
/// </summary>
internal sealed class HttpRefusedException(HttpRefusal refusal) : Exception(refusal.Error.Detail)
{
    /// <summary>What to answer.</summary>
    public HttpRefusal Refusal { get; } = refusal;
}
