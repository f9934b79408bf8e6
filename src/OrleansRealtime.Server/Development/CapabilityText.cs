using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Server.Development;

/// <summary>Reads capabilities as people write them: <c>chat:*=subscribe,publish;news=subscribe</c>. Pure.</summary>
internal static class CapabilityText
{
    /// <summary>Reads <paramref name="text"/>; no text means no capabilities.</summary>
    public static bool TryParse(
        string? text, out ImmutableDictionary<string, ChannelRights> capabilities, [NotNullWhen(false)] out string? fault)
    {
        var builder = ImmutableDictionary.CreateBuilder<string, ChannelRights>(StringComparer.Ordinal);
        capabilities = ImmutableDictionary<string, ChannelRights>.Empty;
        foreach (var entry in (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split('=') is not [var pattern, var names] || !CapabilityClaim.IsPattern(pattern))
            {
                fault = $"'{entry}' is no capability: write channel=right,right or prefix*=right, e.g. chat:*=subscribe,publish.";
                return false;
            }

            foreach (var name in names.Split(',', StringSplitOptions.TrimEntries))
            {
                if (!ChannelRightNames.TryParse(name, out var right))
                {
                    fault = $"'{name}' is no right: {ChannelRightNames.Known}, or * for all.";
                    return false;
                }

                builder[pattern] = builder.GetValueOrDefault(pattern) | right;
            }
        }

        fault = null;
        capabilities = builder.ToImmutable();
        return true;
    }
}
