using Microsoft.Extensions.Options;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Refuses to start with options out of their limits.</summary>
internal sealed class StorageOptionsValidation : IValidateOptions<StorageOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
        options.Validate() is [_, ..] mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
}
