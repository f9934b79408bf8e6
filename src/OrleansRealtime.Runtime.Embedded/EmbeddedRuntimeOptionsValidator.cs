using Microsoft.Extensions.Options;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>Checks the limits that the options name.</summary>
[OptionsValidator]
internal sealed partial class EmbeddedRuntimeOptionsValidator : IValidateOptions<EmbeddedRuntimeOptions>;
