using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Samples.Chat;

/// <summary>
/// One room's moderator. It sees each message in the turn that numbers it: bad words are masked, advertising is rejected, and
/// <c>/mute name minutes</c>, <c>/unmute name</c> and <c>/slow seconds</c> are commands of those who may give them.
/// </summary>
internal sealed partial class Moderation(FrozenSet<string> moderators) : IChannelBehavior
{
    private const int MaxLength = 2000;

    // What held before each publication, to go back to when the store did not keep it.
    private readonly List<(long Sequence, RoomRules Before)> _history = [];
    private RoomRules _rules = new();

    /// <inheritdoc/>
    public void OnRestored(ImmutableArray<Publication> remembered)
    {
        foreach (var publication in remembered)
        {
            using var data = JsonDocument.Parse(publication.Payload.Bytes);
            _rules = _rules.After(publication.From.Value, publication.Time, data.RootElement);
        }
    }

    /// <inheritdoc/>
    public PublicationVerdict OnPublishing(in ProposedPublication proposed)
    {
        var from = proposed.From.Value;
        var text = TextOf(proposed.Payload);
        if (text.Length is 0 or > MaxLength)
        {
            return PublicationVerdict.Reject($"A message has 1 to {MaxLength} characters.");
        }

        var isModerator = moderators.Contains(from);
        if ((isModerator ? null : Objection(text) ?? _rules.WhyNot(from, proposed.Time)) is { } reason)
        {
            return PublicationVerdict.Reject(reason);
        }

        var message = text[0] == '/' ? Obey(from, text) : new JsonObject { ["text"] = Masked().Replace(text, Stars) };
        return message is null
            ? PublicationVerdict.Reject("Commands: /mute name minutes, /unmute name, /slow seconds.")
            : Accept(proposed, message);
    }

    /// <inheritdoc/>
    public void OnAborted(long firstSequence)
    {
        if (_history.FindIndex(change => change.Sequence >= firstSequence) is >= 0 and var index)
        {
            _rules = _history[index].Before;
            _history.RemoveRange(index, _history.Count - index);
        }
    }

    private PublicationVerdict Accept(in ProposedPublication proposed, JsonObject message)
    {
        var payload = Payload.Json(message.ToJsonString());
        using var data = JsonDocument.Parse(payload.Bytes);
        _history.Add((proposed.Sequence, _rules));
        if (_history.Count > 1000)
        {
            _history.RemoveRange(0, 500);
        }

        _rules = _rules.After(proposed.From.Value, proposed.Time, data.RootElement);
        return PublicationVerdict.Replace(payload);
    }

    private static JsonObject? Obey(string moderator, string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["/mute", var user, var text] when IsNumber(text, 24 * 60, out var minutes) => new JsonObject
        {
            ["notice"] = $"{moderator} muted {user} for {minutes} min",
            ["muted"] = user,
            ["minutes"] = minutes,
        },
        ["/unmute", var user] => new JsonObject { ["notice"] = $"{moderator} unmuted {user}", ["muted"] = user, ["minutes"] = 0 },
        ["/slow", var text] when IsNumber(text, 3600, out var seconds) => new JsonObject
        {
            ["notice"] = seconds == 0 ? $"{moderator} ended slow mode" : $"{moderator} asks for one message per {seconds} s",
            ["pause"] = seconds,
        },
        _ => null,
    };

    private static string? Objection(string text) =>
        text[0] == '/' ? "Only moderators give commands."
        : Advertising().IsMatch(text) ? "No advertising, please."
        : null;

    private static string TextOf(Payload payload)
    {
        if (payload.Kind != PayloadKind.Json)
        {
            return "";
        }

        using var data = JsonDocument.Parse(payload.Bytes);
        return data.RootElement.ValueKind == JsonValueKind.Object
            && data.RootElement.TryGetProperty("text", out var text)
            && text.ValueKind == JsonValueKind.String
                ? text.GetString()!.Trim()
                : "";
    }

    private static bool IsNumber(string text, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;

    private static string Stars(Match word) => new('*', word.Length);

    [GeneratedRegex(@"\b(damn|darn|heck)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Masked();

    [GeneratedRegex(@"\b(casino|buy now)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Advertising();
}
