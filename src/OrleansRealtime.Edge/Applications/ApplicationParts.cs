using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Edge.Applications;

/// <summary>Finds what the application registered, and bounds how long it is waited for.</summary>
internal static class ApplicationParts
{
    /// <summary>The call handler, or null when there is none.</summary>
    public static ICallHandler? Calls(this IServiceProvider provider) =>
        provider.GetService<ICallHandler>() is { } handler
            ? new BoundedCallHandler(handler, Patience(provider))
            : null;

    /// <summary>The authorizer, or null when there is none.</summary>
    public static IChannelAuthorizer? Authorizer(this IServiceProvider provider) =>
        provider.GetService<IChannelAuthorizer>() is { } authorizer
            ? new BoundedAuthorizer(authorizer, Patience(provider))
            : null;

    private static Patience Patience(IServiceProvider provider) => new(
        provider.GetRequiredService<IOptions<EdgeOptions>>().Value.ApplicationTimeout,
        provider.GetRequiredService<TimeProvider>());
}
