using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Tests.Applications;

/// <summary>What an application says to have channels in its silo.</summary>
public sealed class CompositionTests
{
    [Fact]
    public void Silo_WithPolicies_HasThem_AndUserChannels()
    {
        using var host = Build(static silo => silo.AddRealtime([new ChannelPolicy { Namespace = "arena" }]));

        host.Services.GetRequiredService<IStartupValidator>().Validate();

        var policies = host.Services.GetRequiredService<IChannelPolicies>();
        Assert.True(policies.TryFind(ChannelName.Parse("arena:1"), out _));
        Assert.True(policies.TryFind(ChannelName.Parse("@ann"), out _));
        Assert.False(policies.TryFind(ChannelName.Parse("chat:1"), out _));
    }

    [Fact]
    public void Silo_WithAPolicyThatItsStoreCannotKeep_DoesNotStart()
    {
        using var host = Build(static silo =>
            silo.AddRealtime([new ChannelPolicy { Namespace = "arena", Durability = Durability.Durable }]));

        var failure = Assert.Throws<ArgumentException>(host.Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains("arena", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Silo_WithoutPolicies_DoesNotStart_AndSaysWhatIsMissing()
    {
        using var host = Build(static silo => silo.AddRealtime());

        var failure = Assert.Throws<OptionsValidationException>(host.Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(nameof(IChannelPolicies), failure.Message, StringComparison.Ordinal);
    }

    private static IHost Build(Action<ISiloBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo => configure(silo.UseLocalhostClustering()));
        return builder.Build();
    }
}
