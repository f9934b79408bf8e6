using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>The head of a plain WebSocket handshake over HTTP/1.1 (RFC 6455, section 4.1; RFC 9112, section 2).</summary>
/// <remarks>
/// Only what is beyond doubt is taken: whatever is incomplete, unusual or wrong is Kestrel's to read and to answer, so this is
/// no HTTP parser but a look for one kind of request.
/// </remarks>
internal sealed class UpgradeRequest
{
    private const string Method = "GET ";
    private const string Version = " HTTP/1.1";
    private const int MaxHeaders = 64;

    // What is longer meets Kestrel's limits, which an application may have set.
    private const int MaxHeadBytes = 8 * 1024;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"u8);

    // Visible ASCII, space and tab: field values that mean the same to everybody.
    private static readonly SearchValues<byte> ValueBytes =
        SearchValues.Create([(byte)'\t', .. Enumerable.Range(0x20, 0x5F).Select(static value => (byte)value)]);

    private static readonly SearchValues<byte> TargetBytes = SearchValues.Create(
        "!$&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~%"u8);

    // Names and values that nearly every handshake has, as they are nearly always written: not made anew for each.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Common = new HashSet<string>(StringComparer.Ordinal)
    {
        HeaderNames.Host,
        HeaderNames.Connection,
        HeaderNames.Upgrade,
        HeaderNames.Origin,
        HeaderNames.UserAgent,
        HeaderNames.CacheControl,
        HeaderNames.Pragma,
        HeaderNames.AcceptEncoding,
        HeaderNames.AcceptLanguage,
        HeaderNames.SecWebSocketVersion,
        HeaderNames.SecWebSocketKey,
        HeaderNames.SecWebSocketProtocol,
        HeaderNames.SecWebSocketExtensions,
        "websocket",
        "13",
        "no-cache",
        ProtocolVersion.JsonSubprotocol,
        ProtocolVersion.ProtobufSubprotocol,
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    private UpgradeRequest(int length, string path, string query, HeaderDictionary headers)
    {
        Length = length;
        Path = path;
        Query = query;
        Headers = headers;
    }

    /// <summary>How many bytes the head takes.</summary>
    public int Length { get; }

    /// <summary>The path, without anything escaped.</summary>
    public string Path { get; }

    /// <summary>The query with its question mark, or nothing.</summary>
    public string Query { get; }

    /// <summary>All fields.</summary>
    public HeaderDictionary Headers { get; }

    /// <summary>Reads a head; null when <paramref name="bytes"/> do not begin with a whole one that is beyond doubt.</summary>
    public static UpgradeRequest? TryRead(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end is < 0 or > MaxHeadBytes)
        {
            return null;
        }

        // With the end of its last line, so that every line has one.
        var head = bytes[..(end + 2)];
        var line = NextLine(ref head);
        if (!TryReadTarget(line, out var path, out var query) || ReadHeaders(head) is not { } headers || !IsPlainUpgrade(headers))
        {
            return null;
        }

        return new UpgradeRequest(end + 4, path, query, headers);
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> head)
    {
        var length = head.IndexOf("\r\n"u8);
        var line = head[..length];
        head = head[(length + 2)..];
        return line;
    }

    private static bool TryReadTarget(ReadOnlySpan<byte> line, out string path, out string query)
    {
        path = query = "";
        if (!line.StartsWith("GET /"u8) || !line.EndsWith(" HTTP/1.1"u8))
        {
            return false;
        }

        var target = line[Method.Length..^Version.Length];
        if (target.ContainsAnyExcept(TargetBytes))
        {
            return false;
        }

        var question = target.IndexOf((byte)'?');
        path = Encoding.ASCII.GetString(question < 0 ? target : target[..question]);
        query = question < 0 ? "" : Encoding.ASCII.GetString(target[question..]);
        return !path.Contains('%', StringComparison.Ordinal);
    }

    private static HeaderDictionary? ReadHeaders(ReadOnlySpan<byte> head)
    {
        var headers = new HeaderDictionary(12);
        for (var count = 0; !head.IsEmpty; count++)
        {
            var line = NextLine(ref head);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || count == MaxHeaders)
            {
                return null;
            }

            var name = line[..colon];
            var value = line[(colon + 1)..];
            if (name.ContainsAnyExcept(NameBytes) || value.ContainsAnyExcept(ValueBytes))
            {
                return null;
            }

            var text = TextOf(value.Trim(" \t"u8));
            var field = TextOf(name);
            headers[field] = headers.TryGetValue(field, out var before) ? StringValues.Concat(before, text) : text;
        }

        return headers;
    }

    private static string TextOf(ReadOnlySpan<byte> ascii)
    {
        const int longest = 32;
        if (ascii.Length > longest)
        {
            return Encoding.ASCII.GetString(ascii);
        }

        Span<char> letters = stackalloc char[longest];
        letters = letters[..Encoding.ASCII.GetChars(ascii, letters)];
        return Common.TryGetValue(letters, out var known) ? known : letters.ToString();
    }

    // A body, a wish to be asked first, or a second host: none of it belongs here.
    private static bool IsPlainUpgrade(IHeaderDictionary headers) =>
        headers.Host.Count == 1
        && IsHost(headers.Host[0]!)
        && !headers.ContainsKey(HeaderNames.ContentLength)
        && headers.TransferEncoding.Count == 0
        && headers.Expect.Count == 0
        && headers.SecWebSocketKey.Count == 1;

    // A name or an address, and perhaps a port: Kestrel knows what else is one.
    private static bool IsHost(string host) =>
        host.Length > 0 && host.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or ':' or '[' or ']');
}
