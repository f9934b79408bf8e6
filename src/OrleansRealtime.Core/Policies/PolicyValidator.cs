namespace OrleansRealtime.Core.Policies;

/// <summary>Finds what is impossible or contradictory in a policy. Pure.</summary>
public static class PolicyValidator
{
    /// <summary>The namespace that stands for all that are not listed.</summary>
    public const string AnyNamespace = "*";

    /// <summary>The most publications that a channel may be told to keep: 1,000,000.</summary>
    public const int MaxReplayCount = 1_000_000;

    /// <summary>The most payload bytes that a channel may be told to keep in memory: 1 GiB.</summary>
    public const long MaxReplayBytes = 1024L * 1024 * 1024;

    /// <summary>The longest time that a publication may be told to be kept: 3650 days.</summary>
    public static readonly TimeSpan MaxReplayAge = TimeSpan.FromDays(3650);

    /// <summary>The largest payload that a policy may allow: 16 MiB.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>The highest rate that a policy may state; 0 says that there is none.</summary>
    public const int MaxPublishesPerSecond = 1_000_000;

    /// <summary>All mistakes in <paramref name="policy"/>, none when it can run.</summary>
    public static IReadOnlyList<PolicyMistake> Validate(ChannelPolicy policy, PolicySurroundings surroundings) =>
    [
        .. OfName(policy.Namespace),
        .. OfDurability(policy, surroundings),
        .. OfReplay(policy),
        .. OfLimits(policy, surroundings),
        .. OfUserChannels(policy),
    ];

    private static IEnumerable<PolicyMistake> OfName(string name)
    {
        var isValid = name is AnyNamespace or ChannelName.UserNamespace
            || (ChannelName.TryParse(name, out var parsed) && !parsed.IsUserChannel && parsed.Namespace == name);
        if (!isValid)
        {
            yield return new("", $"'{name}' is no namespace: it is what stands before the first ':' of a channel name, letters, "
                + "digits and _ - . / @ not starting with '@'; or '@' for user channels, or '*' for all that are not listed.");
        }
    }

    private static IEnumerable<PolicyMistake> OfDurability(ChannelPolicy policy, PolicySurroundings surroundings)
    {
        if (policy.Durability == Durability.Durable && !surroundings.HasStore)
        {
            yield return new("Durability", "durable needs a store, and there is none: set Realtime:Storage:Provider to sqlite or "
                + "postgresql, or Durability to memory.");
        }

        if (policy.Durability != Durability.None)
        {
            yield break;
        }

        if (policy.Compact)
        {
            yield return new("Compact", "a compact channel keeps the latest of each key, but Durability none keeps nothing: set "
                + "Durability to memory or durable, or Compact to false.");
        }

        if (policy.SlowReader == SlowReaderPolicy.CatchUp)
        {
            yield return new("SlowReader", "catchup reads on from what is kept, but Durability none keeps nothing: set SlowReader "
                + "to drop, latest or close, or Durability to memory.");
        }

        if (policy.ResumeWindow > TimeSpan.Zero)
        {
            yield return new("ResumeWindow", $"a resume within {policy.ResumeWindow} is promised, but Durability none keeps "
                + "nothing: set Durability to memory or durable, or leave ResumeWindow out.");
        }
    }

    private static IEnumerable<PolicyMistake> OfReplay(ChannelPolicy policy)
    {
        var (count, bytes, age) = policy.Replay;
        if (policy.Durability == Durability.None)
        {
            yield break;
        }

        if (count is < 1 or > MaxReplayCount)
        {
            yield return new("Replay:Count", $"{count} publications is outside 1 to {MaxReplayCount}; to keep none, set Durability "
                + "to none.");
        }

        if (bytes > MaxReplayBytes)
        {
            yield return new("Replay:Bytes", $"{bytes} is more than {MaxReplayBytes} bytes: lower it.");
        }
        else if (bytes < policy.Limits.MessageBytes)
        {
            yield return new("Replay:Bytes", $"{bytes} bytes cannot hold one message of Limits:MessageBytes "
                + $"({policy.Limits.MessageBytes}): raise Replay:Bytes or lower Limits:MessageBytes.");
        }

        if (age < TimeSpan.FromSeconds(1) || age > MaxReplayAge)
        {
            yield return new("Replay:Age", $"{age} is outside 00:00:01 to {MaxReplayAge.Days} days.");
        }

        if (policy.ResumeWindow < TimeSpan.Zero)
        {
            yield return new("ResumeWindow", $"{policy.ResumeWindow} is negative: leave it out, or state a time.");
        }
        else if (policy.ResumeWindow > age)
        {
            yield return new("ResumeWindow", $"a resume within {policy.ResumeWindow} is promised, but publications are kept for "
                + $"Replay:Age {age} only: raise Replay:Age or lower ResumeWindow.");
        }
    }

    private static IEnumerable<PolicyMistake> OfLimits(ChannelPolicy policy, PolicySurroundings surroundings)
    {
        var (bytes, perSender, perChannel) = policy.Limits;
        if (bytes is < 1 or > MaxMessageBytes)
        {
            yield return new("Limits:MessageBytes", $"{bytes} is outside 1 to {MaxMessageBytes} bytes.");
        }
        else if (policy.Publishers == PublisherPolicy.Anyone && bytes > surroundings.MaxClientMessageBytes)
        {
            yield return new("Limits:MessageBytes", $"{bytes} bytes are allowed, but a client cannot send more than "
                + $"Realtime:Edge:MaxMessageBytes ({surroundings.MaxClientMessageBytes}): lower it or raise that one.");
        }

        if (perSender is < 0 or > MaxPublishesPerSecond)
        {
            yield return new("Limits:PublishesPerSecondPerSender",
                $"{perSender} is outside 0 to {MaxPublishesPerSecond}; 0 means no limit.");
        }

        if (perChannel is < 0 or > MaxPublishesPerSecond)
        {
            yield return new("Limits:PublishesPerSecond",
                $"{perChannel} is outside 0 to {MaxPublishesPerSecond}; 0 means no limit.");
        }

        if (perChannel > 0 && perSender > perChannel)
        {
            yield return new("Limits:PublishesPerSecondPerSender", $"{perSender} for one sender is more than "
                + $"Limits:PublishesPerSecond allows the whole channel ({perChannel}): lower it or raise that one.");
        }
    }

    private static IEnumerable<PolicyMistake> OfUserChannels(ChannelPolicy policy)
    {
        if (policy.Namespace != ChannelName.UserNamespace)
        {
            yield break;
        }

        if (policy.Publishers != PublisherPolicy.Server)
        {
            yield return new("Publishers", "only servers write to user channels: set Publishers to server, or leave it out.");
        }

        if (policy.Presence != PresencePolicy.Off)
        {
            yield return new("Presence", "only its user subscribes to a user channel: set Presence to off, or leave it out.");
        }
    }
}
