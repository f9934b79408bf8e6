using System.Globalization;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Server.Configuration;

/// <summary>Writes a policy for people, every option as it will run. Pure.</summary>
internal static class PolicyText
{
    /// <summary>One line per option, under the namespace's name.</summary>
    public static IEnumerable<string> Lines(ChannelPolicy policy)
    {
        var (count, bytes, age) = policy.Replay;
        var limits = policy.Limits;
        yield return policy.Namespace;
        yield return $"  durability    {ScalarValue.ToWord(policy.Durability)}";
        yield return policy.Durability == Durability.None
            ? "  replay        nothing"
            : string.Create(CultureInfo.InvariantCulture, $"  replay        {count} publications, {bytes} bytes, {age}");
        yield return $"  resume window {(policy.ResumeWindow is { } window ? window : policy.Durability == Durability.None ? "none" : age)}";
        yield return $"  compact       {(policy.Compact ? "on" : "off")}";
        yield return $"  slow reader   {ScalarValue.ToWord(policy.SlowReader)}";
        yield return $"  access        {ScalarValue.ToWord(policy.Access)}";
        yield return $"  publishers    {ScalarValue.ToWord(policy.Publishers)}";
        yield return $"  presence      {ScalarValue.ToWord(policy.Presence)}";
        yield return string.Create(CultureInfo.InvariantCulture, $"  limits        {limits.MessageBytes} bytes a message, "
            + $"{Rate(limits.PublishesPerSecondPerSender)} a sender, {Rate(limits.PublishesPerSecond)} a channel");
    }

    private static string Rate(int perSecond) =>
        perSecond == 0 ? "no limit for" : string.Create(CultureInfo.InvariantCulture, $"{perSecond}/s for");
}
