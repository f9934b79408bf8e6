// The Orleans runtime: grains that are shells around the hosts of OrleansRealtime.Core. With WithOrleans=false nothing here
// may need an Orleans package. This assembly holds no type yet: the embedded runtime is the only one that runs.
[assembly: System.CLSCompliant(false)]
