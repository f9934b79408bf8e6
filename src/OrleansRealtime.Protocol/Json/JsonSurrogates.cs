using System.Globalization;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Finds <c>\u</c> escapes that stand for half a character. Pure.</summary>
/// <remarks>
/// RFC 8259, section 8.2, lets a text hold an unpaired surrogate and leaves open what a reader makes of it: some parsers
/// throw. What one client may send must not stop another, so the codec refuses them.
/// </remarks>
internal static class JsonSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>Whether a string token, of valid JSON and without its quotes, holds an unpaired surrogate escape.</summary>
    public static bool HasUnpaired(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var escape = text.IndexOf((byte)'\\');
            if (escape < 0)
            {
                return false;
            }

            text = text[escape..];
            if (text[1] != 'u')
            {
                text = text[2..];
                continue;
            }

            var first = CodeUnit(text);
            text = text[EscapeLength..];
            if (!char.IsSurrogate(first))
            {
                continue;
            }

            if (char.IsLowSurrogate(first) || !text.StartsWith("\\u"u8) || !char.IsLowSurrogate(CodeUnit(text)))
            {
                return true;
            }

            text = text[EscapeLength..];
        }
    }

    private static char CodeUnit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
