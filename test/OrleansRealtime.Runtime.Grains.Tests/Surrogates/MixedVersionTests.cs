using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansRealtime.Runtime.Grains.Surrogates;

namespace OrleansRealtime.Runtime.Grains.Tests.Surrogates;

/// <summary>A rolling upgrade: silos of two versions, the newer of which has given a type one more field at its end.</summary>
public sealed class MixedVersionTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ServiceProvider _services;

    public MixedVersionTests()
    {
        var services = new ServiceCollection();
        services.AddRealtimeSerialization();
        _services = services.BuildServiceProvider();
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Request_OfANewerSilo_IsReadByAnOlderOne_WithoutWhatItDoesNotKnow()
    {
        var read = Convert<NewerRenewal, RenewalSurrogate>(new NewerRenewal("east", "chat:a", "e1", 5, 2, "added", new NewerPart(7, "x")));

        Assert.Equal(new RenewalSurrogate("east", "chat:a", "e1", 5, 2), read);
    }

    [Fact]
    public void Request_OfAnOlderSilo_IsReadByANewerOne_WithDefaultsForWhatItLacks()
    {
        var read = Convert<RenewalSurrogate, NewerRenewal>(new RenewalSurrogate("east", "chat:a", "e1", 5, 2));

        Assert.Equal(new NewerRenewal("east", "chat:a", "e1", 5, 2, null, null), read);
    }

    [Fact]
    public void List_OfWhatANewerSiloMade_IsReadByAnOlderOne_ItemByItem()
    {
        var bytes = new byte[] { 1, 2, 3 };
        var newer = Enumerable.Range(1, 3).Select(i => new NewerPublication(i, Time, "$s", $"m{i}", null, bytes, 1, i, "added"));

        var read = Convert<ImmutableArray<NewerPublication>, ImmutableArray<PublicationSurrogate>>([.. newer]);

        Assert.Equal([1, 2, 3], read.Select(static one => one.Sequence));
        Assert.Equal(["m1", "m2", "m3"], read.Select(static one => one.MessageId!));
        Assert.All(read, one => Assert.Equal(bytes, one.Bytes.ToArray()));
    }

    [Fact]
    public void List_OfWhatAnOlderSiloMade_IsReadByANewerOne_ItemByItem()
    {
        ImmutableArray<PublicationSurrogate> older = [new(1, Time, "ann", null, "k", default, 0), new(2, Time, "ann", "m", null, default, 0)];

        var read = Convert<ImmutableArray<PublicationSurrogate>, ImmutableArray<NewerPublication>>(older);

        Assert.Equal([1, 2], read.Select(static one => one.Sequence));
        Assert.All(read, static one => Assert.Equal((0, null), (one.Weight, one.Note)));
    }

    /// <summary>Writes as one version and reads as the other: on the wire both have the same name.</summary>
    private TRead Convert<TWritten, TRead>(TWritten value)
    {
        var written = _services.GetRequiredService<Serializer<TWritten>>().SerializeToArray(value);
        return _services.GetRequiredService<Serializer<TRead>>().Deserialize(written)!;
    }
}

/// <summary>What <see cref="RenewalSurrogate"/> may be one day.</summary>
[GenerateSerializer, Immutable, Alias("test.newer-renewal")]
internal record struct NewerRenewal(
    string Edge, string Channel, string? Epoch, long Sequence, long GrantsVersion, string? Added, NewerPart? Part);

/// <summary>A type that an older silo does not have.</summary>
[GenerateSerializer, Immutable, Alias("test.newer-part")]
internal sealed record NewerPart(int Number, string Text);

/// <summary>What <see cref="PublicationSurrogate"/> may be one day.</summary>
[GenerateSerializer, Immutable, Alias("test.newer-publication")]
internal record struct NewerPublication(
    long Sequence,
    DateTimeOffset Time,
    string From,
    string? MessageId,
    string? Key,
    ReadOnlyMemory<byte> Bytes,
    byte Kind,
    int Weight,
    string? Note);
