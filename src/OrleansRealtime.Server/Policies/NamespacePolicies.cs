using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.Policies;

/// <summary>The policies of one reading of the configuration, by namespace. Immutable.</summary>
internal sealed class NamespacePolicies
{
    private readonly FrozenDictionary<string, ChannelPolicy> _policies;
    private readonly FrozenDictionary<string, ChannelPolicy>.AlternateLookup<ReadOnlySpan<char>> _byNamespace;

    private NamespacePolicies(IEnumerable<ChannelPolicy> policies)
    {
        _policies = policies.ToFrozenDictionary(static policy => policy.Namespace, StringComparer.Ordinal);
        _byNamespace = _policies.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>All of them, by name.</summary>
    public IEnumerable<ChannelPolicy> All => _policies.Values.OrderBy(static policy => policy.Namespace, StringComparer.Ordinal);

    /// <summary>Makes policies of <paramref name="options"/>; what cannot run is in <paramref name="mistakes"/>.</summary>
    public static NamespacePolicies Read(RealtimeOptions options, out IReadOnlyList<ConfigurationMistake> mistakes)
    {
        var hasStore = options.Storage.Provider != StorageProvider.None;
        var policies = options.Namespaces.Select(entry => ToPolicy(entry.Key, entry.Value, hasStore)).ToList();
        if (!options.Namespaces.ContainsKey(ChannelName.UserNamespace))
        {
            policies.Add(ToPolicy(ChannelName.UserNamespace, new NamespaceOptions(), hasStore));
        }

        policies.AddRange(ConsolePolicies.All(hasStore).Where(policy => !options.Namespaces.ContainsKey(policy.Namespace)));
        var surroundings = new PolicySurroundings(hasStore, options.Edge.MaxMessageBytes);
        mistakes = policies
            .SelectMany(policy => PolicyValidator.Validate(policy, surroundings).Select(mistake => Place(policy, mistake)))
            .ToList();
        return new NamespacePolicies(policies);
    }

    /// <summary>The policy of <paramref name="channel"/>'s namespace, or of <c>*</c>, which stands for all but user channels.</summary>
    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy) =>
        _byNamespace.TryGetValue(channel.NamespaceSpan, out policy) || _policies.TryGetValue(PolicyValidator.AnyNamespace, out policy);

    private static ChannelPolicy ToPolicy(string name, NamespaceOptions options, bool hasStore)
    {
        var isUsers = name == ChannelName.UserNamespace;
        var durability = options.Durability ?? (isUsers && hasStore ? Durability.Durable : Durability.Memory);
        return new ChannelPolicy
        {
            Namespace = name,
            Durability = durability,
            Replay = new ReplayPolicy(options.Replay.Count, options.Replay.Bytes, options.Replay.Age),
            ResumeWindow = options.ResumeWindow,
            Compact = options.Compact,
            SlowReader = options.SlowReader
                ?? (durability == Durability.None ? SlowReaderPolicy.Drop : SlowReaderPolicy.CatchUp),
            Access = options.Access,
            Publishers = options.Publishers ?? (isUsers ? PublisherPolicy.Server : PublisherPolicy.Anyone),
            Presence = options.Presence,
            Limits = new ChannelLimits(
                options.Limits.MessageBytes,
                options.Limits.PublishesPerSecondPerSender,
                options.Limits.PublishesPerSecond),
        };
    }

    private static ConfigurationMistake Place(ChannelPolicy policy, PolicyMistake mistake)
    {
        var key = $"{RealtimeOptions.Section}:{nameof(RealtimeOptions.Namespaces)}:{policy.Namespace}";
        return new(mistake.Option.Length == 0 ? key : $"{key}:{mistake.Option}", mistake.Message);
    }
}
