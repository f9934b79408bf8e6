using System.Buffers;
using System.Text.Json;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Core.Users;

/// <summary>Tells those who may watch a user of status changes, through the channel <c>status:&lt;user&gt;</c>.</summary>
/// <remarks>
/// Only when the namespace <c>status</c> is configured; its policy says who may watch. A user whose id is no part of a channel
/// name (<c>| + =</c>) cannot be watched. Used in the user's turns only.
/// </remarks>
internal sealed class StatusAnnouncements
{
    /// <summary>The namespace of status channels.</summary>
    public const string Namespace = "status";

    private static readonly Caller Announcer = Caller.Trusted("status");

    private readonly UserId _user;
    private readonly UserHostServices _services;
    private readonly ChannelName? _channel;
    private StatusView _announced;

    public StatusAnnouncements(UserId user, UserHostServices services, StatusView current)
    {
        _user = user;
        _services = services;
        _channel = ChannelName.TryParse($"{Namespace}:{user}", out var channel) ? channel : null;
        _announced = current;
    }

    /// <summary>Whether watchers do not know <paramref name="current"/> yet.</summary>
    public bool AreBehind(StatusView current) => current != _announced;

    /// <summary>Publishes <paramref name="current"/>. What is refused for good counts as announced, because it would be refused again.</summary>
    /// <returns>Why it could not be published now, or null.</returns>
    public async ValueTask<RealtimeError?> AnnounceAsync(StatusView current, DateTimeOffset? lastSeen)
    {
        if (_channel is not { } channel || !_services.Policies.TryFind(channel, out _))
        {
            _announced = current;
            return null;
        }

        var request = new PublishRequest(Announcer, Encode(current, lastSeen), Key: _user.Value);
        var outcome = await _services.Channels.Get(channel).PublishAsync(request, CancellationToken.None);
        if (outcome.Refusal is not { IsRetryable: true })
        {
            _announced = current;
        }

        return outcome.Refusal;
    }

    private static Payload Encode(StatusView status, DateTimeOffset? lastSeen)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("online"u8, status.IsOnline);
            json.WriteString("status"u8, status.Status);
            if (lastSeen is { } at)
            {
                json.WriteNumber("lastSeen"u8, at.ToUnixTimeMilliseconds());
            }
            else
            {
                json.WriteNull("lastSeen"u8);
            }

            json.WriteEndObject();
        }

        // A copy, because it is kept, and the buffer is several times its length.
        return Payload.Json(buffer.WrittenSpan.ToArray());
    }
}
