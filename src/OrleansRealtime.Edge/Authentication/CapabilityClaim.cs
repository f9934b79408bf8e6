using System.Text.Json;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>The <c>caps</c> claim as JSON: an object of channel pattern to list of rights.</summary>
internal static class CapabilityClaim
{
    /// <summary>The name of the claim.</summary>
    public const string Name = "caps";

    /// <summary>Reads the claim; without it there are no capabilities.</summary>
    /// <remarks>
    /// A right that this server does not know is passed over: it allows nothing here, and a token for a newer server still works
    /// while servers of both versions run. A claim of another form is refused, because its author meant something else.
    /// </remarks>
    public static bool TryRead(JsonElement claims, out Capabilities capabilities, out string fault)
    {
        capabilities = Capabilities.None;
        fault = "";
        if (!claims.TryGetProperty(Name, out var caps))
        {
            return true;
        }

        if (caps.ValueKind != JsonValueKind.Object)
        {
            fault = "'caps' is no object of channel pattern to list of rights";
            return false;
        }

        var entries = new List<(string Pattern, ChannelRights Rights)>();
        foreach (var entry in caps.EnumerateObject())
        {
            if (!IsPattern(entry.Name) || !TryReadRights(entry.Value, out var rights))
            {
                fault = "'caps' has an entry that is no channel name, or prefix and '*', with a list of rights";
                return false;
            }

            entries.Add((entry.Name, rights));
        }

        capabilities = new Capabilities(entries);
        return true;
    }

    /// <summary>Whether a text is a channel name, or a prefix of one followed by <c>*</c>.</summary>
    public static bool IsPattern(string text)
    {
        if (!text.EndsWith('*'))
        {
            return ChannelName.TryParse(text, out _);
        }

        // 'x' completes prefixes such as "@", which become names only with something after them.
        var prefix = text[..^1];
        return prefix.Length == 0 || ChannelName.TryParse(prefix.Length < ChannelName.MaxLength ? prefix + "x" : prefix, out _);
    }

    private static bool TryReadRights(JsonElement list, out ChannelRights rights)
    {
        rights = ChannelRights.None;
        if (list.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            if (ChannelRightNames.TryParse(item.GetString(), out var right))
            {
                rights |= right;
            }
        }

        return true;
    }
}
