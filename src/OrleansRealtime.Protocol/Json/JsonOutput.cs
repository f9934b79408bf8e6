using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Lends each thread its own JSON writer, because a writer is larger than most messages.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Messages stand in no HTML, so only what JSON demands is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Starts a message of this type. To be ended by <see cref="End"/> on the same thread.</summary>
    public static Utf8JsonWriter Begin(IBufferWriter<byte> output, JsonEncodedText type)
    {
        var writer = _writer ?? new Utf8JsonWriter(Nowhere.Instance, Options);

        // Taken until the message is ended, so that an output that throws leaves no half-used writer behind.
        _writer = null;
        writer.Reset(output);
        writer.WriteStartObject();
        writer.WriteString(JsonNames.Type, type);
        return writer;
    }

    /// <summary>Ends the message.</summary>
    public static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.Flush();
        writer.Reset(Nowhere.Instance);
        _writer = writer;
    }

    /// <summary>What an idle writer points to, so that it holds on to nobody's buffer.</summary>
    private sealed class Nowhere : IBufferWriter<byte>
    {
        public static Nowhere Instance { get; } = new();

        public void Advance(int count) => throw new InvalidOperationException("The writer is not in use.");

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new InvalidOperationException("The writer is not in use.");

        public Span<byte> GetSpan(int sizeHint = 0) => throw new InvalidOperationException("The writer is not in use.");
    }
}
