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
            ? new BoundedCallHandler(handler, Timeout(provider), Clock(provider))
            : null;

    /// <summary>The authorizer, or null when there is none.</summary>
    public static IChannelAuthorizer? Authorizer(this IServiceProvider provider) =>
        provider.GetService<IChannelAuthorizer>() is { } authorizer
            ? new BoundedAuthorizer(authorizer, Timeout(provider), Clock(provider))
            : null;

    private static TimeSpan Timeout(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<EdgeOptions>>().Value.ApplicationTimeout;

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
}
