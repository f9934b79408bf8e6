using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Reads publications and members, which stand both in frames of their own and in lists.</summary>
internal static class JsonPublicationReader
{
    public static bool TryRead(JsonElement element, [NotNullWhen(true)] out Publication? publication)
    {
        publication = null;
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryNumber("seq", out var sequence)
            || !element.TryTime("ts", out var time)
            || !element.TryText("from", out var from)
            || !element.TryPayload("payload", out var payload))
        {
            return false;
        }

        publication = new Publication(
            sequence, time, Sender.FromValue(from), element.Text("mid"), element.Text("key"), payload);
        return true;
    }

    public static bool TryReadMember(JsonElement element, [NotNullWhen(true)] out Member? member)
    {
        member = null;
        if (element.ValueKind != JsonValueKind.Object || !UserId.TryParse(element.Text("user"), out var user))
        {
            return false;
        }

        member = new Member(user, element.TryPayload("info", out var info) ? info : default);
        return true;
    }
}
