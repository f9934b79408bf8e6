namespace OrleansRealtime.Edge.Authentication;

/// <summary>What the <c>Origin</c> header of a request comes to.</summary>
internal enum OriginVerdict
{
    /// <summary>There is none: the request comes from no browser page of another site.</summary>
    None,

    /// <summary>It is on the list, or, where there is no list, the server's own.</summary>
    Listed,

    /// <summary>It is allowed only because any is. Then a cookie proves nothing, since every page makes browsers send it.</summary>
    Any,

    /// <summary>It is not allowed: 403.</summary>
    Foreign,
}
