using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.ServerSentEvents;

/// <summary>What a request for an event stream asks for. Immutable.</summary>
/// <param name="Subscriptions">One for each channel.</param>
internal sealed record EventStreamRequest(IReadOnlyList<SubscribeCommand> Subscriptions)
{
    private const string LastEventId = "Last-Event-ID";

    /// <summary>Reads the query and the last event id.</summary>
    /// <exception cref="HttpRefusedException">A value is outside its limits.</exception>
    public static EventStreamRequest Read(HttpRequest request, int maxChannels)
    {
        var query = request.Query;
        var channels = query["channels"].ToString()
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(HttpArguments.Channel)
            .Distinct()
            .ToArray();
        if (channels.Length == 0 || channels.Length > maxChannels)
        {
            throw HttpArguments.Bad($"'channels' names 1 to {maxChannels} channels, joined by commas");
        }

        var last = HttpArguments.Integer(query["last"], "last", 0, CommandLimits.MaxPublications, otherwise: 0);
        var presence = HttpArguments.Flag(query["presence"], "presence");
        var conflate = HttpArguments.Integer(
            query["conflate"],
            "conflate",
            (int)CommandLimits.MinConflate.TotalMilliseconds,
            (int)CommandLimits.MaxConflate.TotalMilliseconds,
            otherwise: 0);
        var from = ReadPositions(request, channels);
        return new EventStreamRequest([.. channels.Select(channel => new SubscribeCommand(
            default,
            channel,
            from(channel),
            last,
            presence,
            conflate == 0 ? null : TimeSpan.FromMilliseconds(conflate)))]);
    }

    /// <summary>From the header, which browsers send by themselves, or the query, which polyfills use.</summary>
    private static Func<ChannelName, Position?> ReadPositions(HttpRequest request, ChannelName[] channels)
    {
        var header = request.Headers[LastEventId].ToString();
        var token = header.Length > 0 ? header : request.Query["lastEventId"].ToString();
        if (token.Length == 0)
        {
            return static _ => null;
        }

        // A stream that says it had something, in words we cannot read, must not pass for one that has missed nothing.
        return PositionToken.TryRead(token, channels) is { } positions
            ? channel => positions.TryGetValue(channel, out var position) ? position : null
            : static _ => PositionToken.Unknown;
    }
}
