using System.Buffers;
using System.Text;
using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>What a reader made of some bytes, one line per message, as tests compare it.</summary>
internal static class Transcript
{
    public const int MaxMessageBytes = 100_000;

    public static async Task<IReadOnlyList<string>> OfAsync(
        Stream stream, bool isBinary, int maxMessageBytes = MaxMessageBytes, bool isCompressed = false)
    {
        using var reader = new WebSocketMessageReader(
            WebSocketMessageReader.CreateInput(stream), isBinary, maxMessageBytes, isCompressed);
        var lines = new List<string>();
        while (true)
        {
            var message = await reader.ReadAsync(CancellationToken.None);
            lines.Add(LineOf(message));
            if (message.Kind is WebSocketMessageKind.Ended or WebSocketMessageKind.Close or WebSocketMessageKind.Fault)
            {
                return lines;
            }
        }
    }

    public static string LineOf(WebSocketMessage message) =>
        message.Kind switch
        {
            WebSocketMessageKind.Text => LineOfText(Encoding.UTF8.GetString(message.Payload)),
            WebSocketMessageKind.Close => $"Close {message.Reason!.Code} {message.Reason.Reason}".TrimEnd(),
            WebSocketMessageKind.Fault => $"Fault {message.Reason!.Code}",
            WebSocketMessageKind.Ended => "Ended",
            _ => $"{message.Kind} {Shorten(Convert.ToHexString(message.Payload.ToArray()))}".TrimEnd(),
        };

    public static string LineOfText(string text) => $"Text {Shorten(text)}".TrimEnd();

    // Long payloads are compared by length and hash, so that a failure stays readable.
    public static string Shorten(string text) =>
        text.Length <= 200
            ? text
            : $"{text.Length}:{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
