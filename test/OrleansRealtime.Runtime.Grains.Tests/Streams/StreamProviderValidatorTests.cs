using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Streams;

namespace OrleansRealtime.Runtime.Grains.Tests.Streams;

public sealed class StreamProviderValidatorTests
{
    [Fact]
    public void ProviderOfTheApplication_ThatStoresNoSubscriptions_IsAccepted() =>
        Validator("other", StreamPubSubType.ImplicitOnly).ValidateConfiguration();

    [Fact]
    public void ProviderThatIsNotThere_IsRefusedByName()
    {
        var refusal = Assert.Throws<OrleansConfigurationException>(
            Validator("missing", StreamPubSubType.ImplicitOnly).ValidateConfiguration);
        Assert.Contains("'missing'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StreamPubSubType.ExplicitGrainBasedAndImplicit)]
    [InlineData(StreamPubSubType.ExplicitGrainBasedOnly)]
    public void ProviderThatStoresSubscriptions_IsRefused(StreamPubSubType kind)
    {
        var refusal = Assert.Throws<OrleansConfigurationException>(Validator("other", kind).ValidateConfiguration);
        Assert.Contains(nameof(StreamPubSubType.ImplicitOnly), refusal.Message, StringComparison.Ordinal);
    }

    private static StreamProviderValidator Validator(string chosen, StreamPubSubType kind)
    {
        var services = new ServiceCollection();
        services.Configure<RealtimeSiloOptions>(options => options.StreamProvider = chosen);
        services.Configure<StreamPubSubOptions>("other", options => options.PubSubType = kind);
        services.AddKeyedSingleton<IStreamProvider>("other", static (_, _) => throw new NotSupportedException());
        return ActivatorUtilities.CreateInstance<StreamProviderValidator>(services.BuildServiceProvider());
    }
}
