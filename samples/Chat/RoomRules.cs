using System.Collections.Immutable;
using System.Text.Json;

namespace OrleansRealtime.Samples.Chat;

/// <summary>
/// What holds in a room: who is muted until when, and how long everybody has to pause between two messages. It follows from what was
/// published before, and from nothing else. Immutable.
/// </summary>
internal sealed record RoomRules
{
    private ImmutableDictionary<string, DateTimeOffset> MutedUntil { get; init; } = [];

    private ImmutableDictionary<string, DateTimeOffset> LastSaid { get; init; } = [];

    private TimeSpan Pause { get; init; }

    /// <summary>Why <paramref name="user"/> may not say anything now, or null.</summary>
    public string? WhyNot(string user, DateTimeOffset now)
    {
        if (MutedUntil.TryGetValue(user, out var until) && now < until)
        {
            return $"You are muted until {until:HH:mm} UTC.";
        }

        return LastSaid.TryGetValue(user, out var last) && now < last + Pause
            ? $"This room is slow: wait {Math.Ceiling((last + Pause - now).TotalSeconds)} s."
            : null;
    }

    /// <summary>What holds after a publication: a message, or a notice of what a moderator did.</summary>
    public RoomRules After(string from, DateTimeOffset time, JsonElement data)
    {
        if (data.TryGetProperty("muted", out var user))
        {
            return this with { MutedUntil = MutedUntil.SetItem(user.GetString()!, time.AddMinutes(data.GetProperty("minutes").GetInt32())) };
        }

        if (data.TryGetProperty("pause", out var seconds))
        {
            return this with { Pause = TimeSpan.FromSeconds(seconds.GetInt32()), LastSaid = LastSaid.Clear() };
        }

        // Who spoke matters only in a slow room, so that the others remember nobody.
        return Pause > TimeSpan.Zero ? this with { LastSaid = LastSaid.SetItem(from, time) } : this;
    }
}
