using System.Text.Json;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Requests;

/// <summary>
/// Keeps from the wire what the server answers by closing the connection: malformed and overlong messages. Pure.
/// </summary>
internal static class Sendable
{
    // Channel, key, message id, correlation id and the names of the fields, at their longest.
    private const int EnvelopeBytes = 1024;

    /// <summary>Refuses what is called JSON and is not one JSON value.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void ThrowIfMalformed(Payload payload)
    {
        if (payload.Kind != PayloadKind.Json)
        {
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(payload.Bytes.Span, new JsonReaderOptions { MaxDepth = CommandLimits.MaxDataDepth });
            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The payload is not one JSON value: {exception.Message}", nameof(payload), exception);
        }
    }

    /// <summary>The refusal of a command that is longer than a message may be; null when it is not, or the limit is not known.</summary>
    public static RealtimeError? RefusalOf(ClientCommand command, int maxMessageBytes, bool writesBase64)
    {
        var payload = command switch
        {
            PublishCommand publish => publish.Payload,
            SignalCommand signal => signal.Payload,
            CallCommand call => call.Payload,
            _ => default,
        };

        // JSON carries binary as base64, four characters for three bytes.
        var bytes = (writesBase64 && payload.Kind == PayloadKind.Binary ? (payload.Length + 2L) / 3 * 4 : payload.Length) + EnvelopeBytes;
        return maxMessageBytes > 0 && bytes > maxMessageBytes
            ? new RealtimeError(RealtimeErrorCode.TooLarge, $"A payload of {payload.Length} bytes does not fit a message of {maxMessageBytes} bytes.")
            : null;
    }
}
