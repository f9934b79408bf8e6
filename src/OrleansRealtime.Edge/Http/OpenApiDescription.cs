using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrleansRealtime.Edge.Http;

/// <summary>Writes what <see cref="HttpOperation"/> says of each endpoint into the OpenAPI document.</summary>
internal sealed class OpenApiDescription : IOpenApiDocumentTransformer, IOpenApiOperationTransformer
{
    /// <summary>The name of the document: the last part of its address without <c>.json</c>.</summary>
    public const string DocumentName = "openapi";

    private const string Bearer = "bearer";
    private const string ApiKey = "apiKey";
    private const string Json = "application/json";

    /// <inheritdoc/>
    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OrleansRealtime",
            Version = "1",
            Description = "Commands and administration over HTTP. Errors are problem+json with a wire error code in 'code'.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "A user's token.",
            },
            [ApiKey] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = HttpGate.ApiKeyHeader,
                Description = "The key of a server.",
            },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKey, document)] = [] },
        ];
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<HttpOperation>().FirstOrDefault() is not { } described)
        {
            return;
        }

        operation.OperationId = described.Id;
        operation.Summary = described.Summary;
        operation.Parameters = [.. described.Query.Select(Parameter)];
        if (described.Body is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = await ContentAsync(context, body, Json, cancellationToken),
            };
        }

        operation.Responses = new OpenApiResponses
        {
            [described.Answer is null && described.AnswerType == Json ? "204" : "200"] = new OpenApiResponse
            {
                Description = "Done.",
                Content = described.Answer is { } answer
                    ? await ContentAsync(context, answer, described.AnswerType, cancellationToken)
                    : described.AnswerType == Json
                        ? null
                        : new Dictionary<string, OpenApiMediaType> { [described.AnswerType] = new() },
            },
            ["default"] = new OpenApiResponse
            {
                Description = "Refused; 'code' says why, and Retry-After when to come back.",
                Content = await ContentAsync(context, typeof(Problem), Problem.ContentType, cancellationToken),
            },
        };
    }

    private static async Task<Dictionary<string, OpenApiMediaType>> ContentAsync(
        OpenApiOperationTransformerContext context, Type type, string mediaType, CancellationToken cancellationToken) => new()
        {
            [mediaType] = new OpenApiMediaType
            {
                Schema = await context.GetOrCreateSchemaAsync(type, parameterDescription: null, cancellationToken),
            },
        };

    private static OpenApiParameter Parameter(HttpQueryParameter parameter) => new()
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Required = parameter.IsRequired,
        Description = parameter.Description,
        Schema = new OpenApiSchema
        {
            Type = parameter.Type switch
            {
                "integer" => JsonSchemaType.Integer,
                "boolean" => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            },
        },
    };
}
