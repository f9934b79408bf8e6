using System.Text.Json;
using System.Text.Unicode;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Whether published JSON may be passed on: the one rule for all encodings. Pure.</summary>
internal static class JsonData
{
    // The depth is judged here, so that deep data is told from broken data.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    /// <summary>Goes from the first to the last token of a value, and says whether all of it may be passed on.</summary>
    /// <remarks>The reader throws when the value is not JSON.</remarks>
    public static bool TryPass(ref Utf8JsonReader reader)
    {
        var isGood = true;
        var depth = reader.CurrentDepth;
        while (true)
        {
            var isStart = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            isGood &= isStart ? reader.CurrentDepth - depth < CommandLimits.MaxDataDepth : !IsHalfCharacter(reader);
            if (!isStart && reader.CurrentDepth == depth)
            {
                return isGood;
            }

            reader.Read();
        }
    }

    /// <summary>Takes the one JSON value that stands in these bytes, without the white space around it.</summary>
    public static bool TryTake(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Utf8.IsValid(bytes))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, Options);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isGood = TryPass(ref reader);
            value = bytes[start..(int)reader.BytesConsumed];
            reader.Read();
            return isGood;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsHalfCharacter(in Utf8JsonReader reader) =>
        reader.ValueIsEscaped
        && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
        && JsonSurrogates.HasUnpaired(reader.ValueSpan);
}
