using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace OrleansRealtime.Runtime.Grains.Placement;

/// <summary>Leaves those silos that say in their manifest that they host actors.</summary>
/// <remarks>
/// Orleans places nothing in a silo whose manifest it has not read, so the role is known whenever it is asked for; the metadata of
/// silos is fetched later, and not again for minutes when that fails. A silo without a role has our grains in its assemblies and
/// nothing to run them with.
/// </remarks>
internal sealed class RealtimeActorSilosDirector(IClusterManifestProvider manifests) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(
        PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var known = manifests.Current.Silos;
        return silos.Where(silo =>
            known.TryGetValue(silo, out var manifest)
            && manifest.Grains.TryGetValue(target.GrainIdentity.Type, out var grain)
            && grain.Properties.TryGetValue(RoleInManifest.HostsActors, out var hosts)
            && hosts == bool.TrueString);
    }
}
