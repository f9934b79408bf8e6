using Microsoft.Extensions.Options;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Checks the limits that the options name.</summary>
[OptionsValidator]
internal sealed partial class RealtimeSiloOptionsValidator : IValidateOptions<RealtimeSiloOptions>;
