using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Edge.Applications;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;

namespace OrleansRealtime.Edge.Http;

/// <summary>Registers authentication, limits and the HTTP API.</summary>
/// <remarks>
/// Reads <see cref="AuthenticationOptions"/>, <see cref="EdgeOptions"/>, <see cref="LimitOptions"/> and a list of
/// <see cref="ApiKeyOptions"/> as options; needs the ports of the runtime.
/// </remarks>
internal static class HttpServices
{
    /// <summary>Adds all of them.</summary>
    public static IServiceCollection AddRealtimeHttp(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<EdgeMetrics>();
        AddAuthentication(services);
        AddLimits(services);
        services.AddSingleton<HttpBoundary>();
        services.AddSingleton(static provider => new HttpGate(
            provider.GetRequiredService<HandshakeCredentials>(),
            provider.GetRequiredService<OriginPolicy>(),
            provider.GetRequiredService<ApiKeys>(),
            provider.Options<AuthenticationOptions>(),
            provider.GetRequiredService<Core.Ports.IUsers>(),
            provider.GetRequiredService<OffenderTable>(),
            provider.GetRequiredService<UserBudgets>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AuditTrail>();
        services.AddSingleton(static provider => new HttpAuthorizer(
            provider.Authorizer(), provider.GetRequiredService<ILogger<HttpAuthorizer>>()));
        services.AddSingleton(static provider => new ChannelEndpoints(
            provider.GetRequiredService<Core.Ports.IChannels>(),
            provider.GetRequiredService<Core.Ports.IChannelPolicies>(),
            provider.GetRequiredService<HttpAuthorizer>(),
            provider.GetRequiredService<EdgeMetrics>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.Options<EdgeOptions>()));
        services.AddSingleton(static provider => new UserEndpoints(
            provider.GetRequiredService<Core.Ports.IUsers>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.Options<EdgeOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new SessionEndpoints(
            provider.GetRequiredService<ConnectionTickets>(),
            provider.Calls(),
            provider.Options<EdgeOptions>(),
            provider.GetRequiredService<ILogger<SessionEndpoints>>()));
        AddOpenApi(services);
        return services;
    }

    private static void AddAuthentication(IServiceCollection services)
    {
        services.AddSingleton(static provider => new OriginPolicy(provider.Options<EdgeOptions>().AllowedOrigins));
        services.AddSingleton(static provider => new ApiKeys(provider.Options<List<ApiKeyOptions>>()));
        services.AddSingleton(static provider => new ConnectionTickets(
            provider.Options<AuthenticationOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new JwksSource(
            provider.Options<AuthenticationOptions>().JwksUri!,
            new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JwksSource>>()));
        services.AddHostedService<JwksStart>();
        services.TryAddSingleton<ITokenValidator>(static provider => new JwtValidator(
            provider.Options<AuthenticationOptions>(),
            provider.Options<AuthenticationOptions>().JwksUri is null ? null : provider.GetRequiredService<JwksSource>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new HandshakeCredentials(
            provider.Options<AuthenticationOptions>(),
            provider.GetRequiredService<ITokenValidator>(),
            provider.GetRequiredService<ConnectionTickets>(),
            provider.GetRequiredService<OriginPolicy>()));
    }

    private static void AddLimits(IServiceCollection services)
    {
        services.AddSingleton<OffenderTable>();
        services.AddSingleton(static provider => new UserBudgets(
            provider.Options<LimitOptions>(),
            provider.Options<EdgeOptions>().MaxMessageBytes,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new Admission(
            provider.Options<LimitOptions>(),
            provider.GetRequiredService<OffenderTable>(),
            provider.GetRequiredService<TimeProvider>(),
            Random.Shared.NextDouble));
        services.AddSingleton(static provider => new Doorkeeper(
            provider.GetRequiredService<Admission>(),
            provider.GetRequiredService<OffenderTable>(),
            provider.GetRequiredService<UserBudgets>(),
            provider.Options<LimitOptions>(),
            provider.Options<EdgeOptions>().MaxMessageBytes,
            provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddOpenApi(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(static options =>
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        services.AddOpenApi(OpenApiDescription.DocumentName, static options =>
        {
            options.ShouldInclude = static description =>
                description.ActionDescriptor.EndpointMetadata.Any(static metadata => metadata is HttpOperation);
            options.AddDocumentTransformer(new OpenApiDescription());
            options.AddOperationTransformer(new OpenApiDescription());
        });
    }

    private static T Options<T>(this IServiceProvider provider)
        where T : class => provider.GetRequiredService<IOptions<T>>().Value;
}
