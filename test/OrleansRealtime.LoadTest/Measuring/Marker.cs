using System.Buffers.Text;
using System.Text;

namespace OrleansRealtime.LoadTest.Measuring;

/// <summary>What every published payload begins with, so that it is found in the frames of any peer: its number and when it was due.</summary>
/// <remarks>Fixed width, plain ASCII, nothing that JSON escapes: <c>#nnnnnnnn:tttttttttttttttt#</c>, hexadecimal.</remarks>
internal static class Marker
{
    /// <summary>How long it is.</summary>
    public const int Length = 27;

    /// <summary>A JSON string that begins with the marker and is <paramref name="payloadBytes"/> long, quotes included.</summary>
    public static byte[] Payload(long number, long due, int payloadBytes) =>
        Encoding.ASCII.GetBytes($"\"#{number:x8}:{due:x16}#".PadRight(payloadBytes - 1, '.') + "\"");

    /// <summary>Finds the next marker; <paramref name="rest"/> is what follows it.</summary>
    public static bool TryFind(ReadOnlySpan<byte> bytes, out long number, out long due, out ReadOnlySpan<byte> rest)
    {
        while (true)
        {
            var start = bytes.IndexOf((byte)'#');
            if (start < 0 || bytes.Length - start < Length)
            {
                number = due = 0;
                rest = default;
                return false;
            }

            var marker = bytes.Slice(start, Length);
            if (marker[9] == ':' && marker[^1] == '#'
                && Utf8Parser.TryParse(marker[1..9], out number, out var digits, 'x') && digits == 8
                && Utf8Parser.TryParse(marker[10..26], out due, out digits, 'x') && digits == 16)
            {
                rest = bytes[(start + Length)..];
                return true;
            }

            bytes = bytes[(start + 1)..];
        }
    }
}
