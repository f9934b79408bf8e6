using Microsoft.Extensions.Options;
using Orleans.Metadata;

namespace OrleansRealtime.Runtime.Grains.Placement;

/// <summary>Tells the other silos, in what this one says of its grains, whether it hosts actors.</summary>
internal sealed class RoleInManifest(IOptions<RealtimeSiloOptions> options) : IGrainPropertiesProvider
{
    /// <summary>The property of an actor's grain type.</summary>
    public const string HostsActors = "realtime.hosts-actors";

    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        if (grainClass.IsDefined(typeof(RealtimeActorSilosAttribute), inherit: false))
        {
            properties[HostsActors] = options.Value.Role == SiloRole.Edge ? bool.FalseString : bool.TrueString;
        }
    }
}
