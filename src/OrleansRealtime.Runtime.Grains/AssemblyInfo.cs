// The Orleans runtime: grains that are shells around the hosts of OrleansRealtime.Core. With WithOrleans=false this is the only
// file that is compiled, so it may not need an Orleans package.
[assembly: System.CLSCompliant(false)]
