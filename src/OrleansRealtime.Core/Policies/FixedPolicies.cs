using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Policies;

/// <summary>Policies that an application states in code and that never change. Immutable, safe for concurrent use.</summary>
public sealed class FixedPolicies : IChannelPolicies
{
    private readonly FrozenDictionary<string, ChannelPolicy> _policies;
    private readonly FrozenDictionary<string, ChannelPolicy>.AlternateLookup<ReadOnlySpan<char>> _byNamespace;

    /// <summary>Checks the policies as <see cref="PolicyValidator"/> does; user channels get one if none is given.</summary>
    /// <exception cref="ArgumentException">A policy cannot run in these surroundings, or a namespace has two; all mistakes are named.</exception>
    public FixedPolicies(PolicySurroundings surroundings, params IEnumerable<ChannelPolicy> policies)
    {
        var given = policies.ToList();
        if (given.All(static policy => policy.Namespace != ChannelName.UserNamespace))
        {
            given.Add(OfUserChannels(surroundings));
        }

        var mistakes = given
            .SelectMany(policy => PolicyValidator.Validate(policy, surroundings).Select(mistake => Describe(policy, mistake)))
            .Concat(given
                .CountBy(static policy => policy.Namespace)
                .Where(static count => count.Value > 1)
                .Select(static count => $"'{count.Key}' has {count.Value} policies."))
            .ToList();
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", mistakes), nameof(policies));
        }

        _policies = given.ToFrozenDictionary(static policy => policy.Namespace, StringComparer.Ordinal);
        _byNamespace = _policies.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What user channels are unless stated otherwise: written by servers only, durable where there is a store.</summary>
    public static ChannelPolicy OfUserChannels(PolicySurroundings surroundings) => new()
    {
        Namespace = ChannelName.UserNamespace,
        Durability = surroundings.HasStore ? Durability.Durable : Durability.Memory,
        Publishers = PublisherPolicy.Server,
    };

    /// <inheritdoc/>
    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy) =>
        _byNamespace.TryGetValue(channel.NamespaceSpan, out policy) || _policies.TryGetValue(PolicyValidator.AnyNamespace, out policy);

    private static string Describe(ChannelPolicy policy, PolicyMistake mistake) =>
        mistake.Option.Length == 0 ? mistake.Message : $"{policy.Namespace}:{mistake.Option}: {mistake.Message}";
}
