using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Streams;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Refuses to start with a stream provider that is not there, or that would remember every edge there ever was.</summary>
internal sealed class StreamProviderValidator(
    IOptions<RealtimeSiloOptions> options, IOptionsMonitor<StreamPubSubOptions> pubSub, IServiceProviderIsKeyedService services)
    : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        var name = options.Value.StreamProvider;
        if (!services.IsKeyedService(typeof(IStreamProvider), name))
        {
            throw new OrleansConfigurationException(
                $"{nameof(RealtimeSiloOptions)}.{nameof(RealtimeSiloOptions.StreamProvider)} names '{name}', and no stream provider "
                + "of that name is registered. Register it, or leave the option out.");
        }

        if (pubSub.Get(name).PubSubType != StreamPubSubType.ImplicitOnly)
        {
            throw new OrleansConfigurationException(
                $"The stream provider '{name}' would store a record for each edge there ever was. Register it with "
                + $"ConfigureStreamPubSub({nameof(StreamPubSubType)}.{nameof(StreamPubSubType.ImplicitOnly)}).");
        }
    }
}
