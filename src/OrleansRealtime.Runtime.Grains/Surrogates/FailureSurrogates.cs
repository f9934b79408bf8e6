using Orleans.Serialization.Cloning;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Surrogates;

// What actors throw, between silos: without its cause, which may be of a type that only the silo with the store has. That silo
// has logged it.
[GenerateSerializer, Immutable, Alias("realtime.unavailable-content")]
internal record struct ActorUnavailableSurrogate(string Message);

[RegisterConverter]
internal sealed class ActorUnavailableConverter : IConverter<ActorUnavailableException, ActorUnavailableSurrogate>
{
    public ActorUnavailableException ConvertFromSurrogate(in ActorUnavailableSurrogate surrogate) => new(surrogate.Message);

    public ActorUnavailableSurrogate ConvertToSurrogate(in ActorUnavailableException value) => new(value.Message);
}

[RegisterCopier]
internal sealed class ActorUnavailableCopier : ShallowCopier<ActorUnavailableException>;

[GenerateSerializer, Immutable, Alias("realtime.storage-failure-content")]
internal record struct StorageFailureSurrogate(string Message, bool IsTransient);

[RegisterConverter]
internal sealed class StorageFailureConverter : IConverter<StorageException, StorageFailureSurrogate>
{
    public StorageException ConvertFromSurrogate(in StorageFailureSurrogate surrogate) =>
        new(surrogate.Message, surrogate.IsTransient);

    public StorageFailureSurrogate ConvertToSurrogate(in StorageException value) => new(value.Message, value.IsTransient);
}

[RegisterCopier]
internal sealed class StorageFailureCopier : ShallowCopier<StorageException>;
