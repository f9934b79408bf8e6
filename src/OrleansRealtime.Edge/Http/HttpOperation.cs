namespace OrleansRealtime.Edge.Http;

/// <summary>What the OpenAPI document says of one endpoint. Immutable.</summary>
/// <param name="Id">The operation id.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Body">The type of its JSON body, or null when it takes none.</param>
/// <param name="Answer">The type of its JSON answer, or null when it answers 204.</param>
/// <param name="Query">Its query parameters.</param>
internal sealed record HttpOperation(
    string Id, string Summary, Type? Body, Type? Answer, IReadOnlyList<HttpQueryParameter> Query)
{
    /// <summary>The media type of the answer; JSON unless said otherwise.</summary>
    public string AnswerType { get; init; } = "application/json";
}

/// <summary>A query parameter. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its JSON type: <c>string</c>, <c>integer</c> or <c>boolean</c>.</param>
/// <param name="Description">What it means.</param>
/// <param name="IsRequired">Whether it must be there.</param>
internal sealed record HttpQueryParameter(string Name, string Type, string Description, bool IsRequired = false);
