using Orleans.Dashboard;
using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Server.Runtimes.Silos;

/// <summary>Orleans' dashboard at <c>/dashboard</c>, behind the right to manage.</summary>
internal static class OrleansDashboard
{
    /// <summary>Its address.</summary>
    public const string Path = "/dashboard";

    /// <summary>Lets the silo collect what the dashboard shows, while somebody looks at it.</summary>
    // Its live log would show to whoever manages channels what is for those who run the machines.
    public static void Add(ISiloBuilder silo) => silo.AddDashboard(static dashboard => dashboard.HideTrace = true);

    /// <summary>Maps its pages, and the page to sign in to them.</summary>
    public static void Map(WebApplication app)
    {
        var door = new DashboardDoor(app.Services.GetRequiredService<HttpGate>(), app.Services.GetRequiredService<HttpBoundary>());
        app.MapOrleansDashboard(Path)
            .AddEndpointFilter(door.FilterAsync)
            .ExcludeFromDescription();
        app.MapPost(Path + DashboardDoor.SignInPath, door.SignInAsync).ExcludeFromDescription();
    }
}
