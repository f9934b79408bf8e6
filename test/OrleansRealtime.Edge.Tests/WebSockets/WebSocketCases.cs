using System.Text;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>The cases, grouped as the Autobahn test suite groups them.</summary>
internal static partial class WebSocketCases
{
    private const string Koan = "Hello-µ@ßöäüàá-UTF-8!! κόσμε 𐍈";

    private static readonly byte[] KoanBytes = Encoding.UTF8.GetBytes(Koan);

    public static IReadOnlyList<(string Name, IReadOnlyList<WebSocketCase> Cases)> Groups { get; } =
    [
        ("framing", [.. Framing()]),
        ("pings and pongs", [.. PingsAndPongs()]),
        ("reserved bits", [.. ReservedBits()]),
        ("opcodes", [.. Opcodes()]),
        ("lengths", [.. Lengths()]),
        ("masking", [.. Masking()]),
        ("fragmentation", [.. Fragmentation()]),
        ("UTF-8", [.. Utf8Text()]),
        ("closing", [.. Closing()]),
        ("wrong kinds", [.. WrongKinds()]),
        ("compression", [.. Compression()]),
        ("faults of compression", [.. CompressionFaults()]),
    ];

    public static IReadOnlyList<WebSocketCase> All { get; } = [.. Groups.SelectMany(static group => group.Cases)];

    private static IEnumerable<WebSocketCase> Framing()
    {
        foreach (var length in new[] { 0, 1, 3, 4, 5, 31, 32, 33, 125, 126, 127, 128, 65_535, 65_536, 65_537, 100_000 })
        {
            var text = new string('*', length);
            yield return new($"text of {length}", [ClientFrame.Text(text)], [Transcript.LineOfText(text), "Ended"]);
        }

        yield return new("binary", [ClientFrame.Binary([0, 0xFF, 0x80])], ["Binary 00FF80", "Ended"], IsBinary: true);
        yield return new("binary need not be UTF-8", [ClientFrame.Binary([0xC3, 0x28])], ["Binary C328", "Ended"], IsBinary: true);
        yield return new(
            "several in a row",
            [ClientFrame.Text("a"), ClientFrame.Text(""), ClientFrame.Text("b")],
            ["Text a", "Text", "Text b", "Ended"]);
        yield return new("nothing", [], ["Ended"]);
    }

    private static IEnumerable<WebSocketCase> PingsAndPongs()
    {
        yield return new("empty ping", [ClientFrame.Ping([])], ["Ping", "Ended"]);
        yield return new("ping", [ClientFrame.Ping([1, 2])], ["Ping 0102", "Ended"]);
        yield return new("ping of 125", [ClientFrame.Ping(new byte[125])], ["Ping 250:" + HashOfZeros(125), "Ended"]);
        yield return new("ping of 126", [ClientFrame.Ping(new byte[126])], ["Fault 1002"]);
        yield return new("unasked pong", [ClientFrame.Pong([9])], ["Pong 09", "Ended"]);
        yield return new(
            "ten pings", [.. Enumerable.Repeat(ClientFrame.Ping([7]), 10)], [.. Enumerable.Repeat("Ping 07", 10), "Ended"]);
        yield return new("ping that is not final", [ClientFrame.Ping([1]) with { IsFinal = false }], ["Fault 1002"]);
        yield return new("pong that is not final", [ClientFrame.Pong([1]) with { IsFinal = false }], ["Fault 1002"]);
        yield return new("ping with a 16-bit length", [ClientFrame.Ping([1]) with { LengthForm = LengthForm.Bits16 }], ["Fault 1002"]);
    }

    private static IEnumerable<WebSocketCase> ReservedBits() =>
        from bits in Enumerable.Range(1, 7)
        from frame in new[] { ClientFrame.Text("x"), ClientFrame.Ping([]), ClientFrame.Close(1000) }
        select new WebSocketCase(
            $"reserved bits {bits} on opcode {frame.Opcode}",
            [ClientFrame.Text("before"), frame with { ReservedBits = bits }, ClientFrame.Ping([])],
            ["Text before", "Fault 1002"]);

    private static IEnumerable<WebSocketCase> Opcodes() =>
        from opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 }
        select new WebSocketCase(
            $"opcode {opcode}", [ClientFrame.Text("before"), new ClientFrame(opcode, [])], ["Text before", "Fault 1002"]);

    private static IEnumerable<WebSocketCase> Lengths()
    {
        yield return new("125 in 16 bits", [ClientFrame.Text(new byte[125]) with { LengthForm = LengthForm.Bits16 }], ["Fault 1002"]);
        yield return new("0 in 64 bits", [ClientFrame.Text("") with { LengthForm = LengthForm.Bits64 }], ["Fault 1002"]);
        yield return new(
            "65535 in 64 bits", [ClientFrame.Text(new byte[65_535]) with { LengthForm = LengthForm.Bits64 }], ["Fault 1002"]);
        yield return new(
            "length with the sign bit",
            [ClientFrame.Text("") with { LengthForm = LengthForm.Bits64, StatedLength = 1UL << 63 }],
            ["Fault 1002"]);
        yield return new("one byte too long", [ClientFrame.Text(new byte[Transcript.MaxMessageBytes + 1])], ["Fault 1009"]);
        yield return new(
            "greatest length there is, refused by the header alone",
            [ClientFrame.Text("") with { LengthForm = LengthForm.Bits64, StatedLength = long.MaxValue }],
            ["Fault 1009"]);
        yield return new("cut inside the payload", [ClientFrame.Text("ab") with { StatedLength = 3 }], ["Ended"]);
    }

    private static IEnumerable<WebSocketCase> Masking()
    {
        yield return new("text without a mask", [ClientFrame.Text("x") with { MaskKey = null }], ["Fault 1002"]);
        yield return new("ping without a mask", [ClientFrame.Ping([]) with { MaskKey = null }], ["Fault 1002"]);
        yield return new("close without a mask", [ClientFrame.Close(1000) with { MaskKey = null }], ["Fault 1002"]);
        yield return new("key of zeros", [ClientFrame.Text("plain") with { MaskKey = 0 }], ["Text plain", "Ended"]);
        yield return new("key of ones", [ClientFrame.Text("plain") with { MaskKey = uint.MaxValue }], ["Text plain", "Ended"]);
    }

    private static IEnumerable<WebSocketCase> Fragmentation()
    {
        var ping = ClientFrame.Ping([1]);
        yield return new("two parts", [.. Text("a", "b")], ["Text ab", "Ended"]);
        yield return new("empty parts", [.. Text("", "", "x", "", "")], ["Text x", "Ended"]);
        yield return new("only empty parts", [.. Text("", "", "")], ["Text", "Ended"]);
        yield return new("ping between parts", [Text("a", "b")[0], ping, Text("a", "b")[1]], ["Ping 01", "Text ab", "Ended"]);
        yield return new(
            "close between parts", [Text("a", "b")[0], ClientFrame.Close(1000), Text("a", "b")[1]], ["Close 1000"]);
        yield return new("two messages in parts", [.. Text("a", "b"), .. Text("c", "d")], ["Text ab", "Text cd", "Ended"]);
        yield return new("continuation of nothing", [ClientFrame.Continuation("x")], ["Fault 1002"]);
        yield return new(
            "continuation of nothing, not final", [ClientFrame.Continuation("x") with { IsFinal = false }], ["Fault 1002"]);
        yield return new(
            "continuation of a whole message", [ClientFrame.Text("a"), ClientFrame.Continuation("b")], ["Text a", "Fault 1002"]);
        yield return new("new message inside a message", [Text("a", "b")[0], ClientFrame.Text("c")], ["Fault 1002"]);
        yield return new(
            "binary in parts", [.. ClientFrame.Fragments(2, [0xC3], [], [0x28])], ["Binary C328", "Ended"], IsBinary: true);
        yield return new("limit in two parts", [.. Text(Stars(99_999), "*")], [Transcript.LineOfText(Stars(100_000)), "Ended"]);
        yield return new("one too long in two parts", [.. Text(Stars(99_999), "**")], ["Fault 1009"]);
        yield return new("in a thousand parts", [.. Text([.. Enumerable.Repeat("ab", 1000)])],
            [Transcript.LineOfText(string.Concat(Enumerable.Repeat("ab", 1000))), "Ended"]);
        yield return new("cut between parts", [Text("a", "b")[0]], ["Ended"]);
    }

    private static IEnumerable<WebSocketCase> Utf8Text()
    {
        yield return new("koan", [ClientFrame.Text(Koan)], [Transcript.LineOfText(Koan), "Ended"]);
        yield return new("koan byte by byte",
            [.. ClientFrame.Fragments(1, [.. KoanBytes.Select(static value => new[] { value })])],
            [Transcript.LineOfText(Koan), "Ended"]);
        foreach (var bytes in Utf8Samples.Valid)
        {
            var text = Encoding.UTF8.GetString(bytes);
            yield return new($"valid {Convert.ToHexString(bytes)}", [ClientFrame.Text(bytes)], [Transcript.LineOfText(text), "Ended"]);
        }

        foreach (var bytes in Utf8Samples.Invalid)
        {
            var name = Convert.ToHexString(bytes);
            yield return new($"invalid {name}", [ClientFrame.Text([.. KoanBytes, .. bytes])], ["Fault 1007"]);
            yield return new($"invalid {name} byte by byte",
                [.. ClientFrame.Fragments(1, [.. bytes.Select(static value => new[] { value })])], ["Fault 1007"]);
        }

        yield return new("invalid before the end of the message is there",
            [ClientFrame.Text([0xF4, 0x90]) with { IsFinal = false }], ["Fault 1007"]);
        yield return new("character cut by the end", [.. ClientFrame.Fragments(1, [0xE2, 0x82], [])], ["Fault 1007"]);
        yield return new("cut character is not finished by the next message",
            [ClientFrame.Text([0xE2, 0x82]), ClientFrame.Text([0xAC])], ["Fault 1007"]);
    }

    private static IEnumerable<WebSocketCase> Closing()
    {
        yield return new("close", [ClientFrame.Close()], ["Close 1000"]);
        yield return new("nothing after a close", [ClientFrame.Close(1000), ClientFrame.Text("late")], ["Close 1000"]);
        yield return new("close with a word", [ClientFrame.Close(1001, "bye µ")], ["Close 1001 bye µ"]);
        yield return new("close with the longest word", [ClientFrame.Close(1000, Stars(123))], ["Close 1000 " + Stars(123)]);
        yield return new("close with too long a word", [ClientFrame.Close(1000, Stars(124))], ["Fault 1002"]);
        yield return new("close with half a code", [new ClientFrame(8, [3])], ["Fault 1002"]);
        yield return new("close with an invalid word", [ClientFrame.Close(1000, [0xC3, 0x28])], ["Fault 1007"]);
        yield return new("close that is not final", [ClientFrame.Close(1000) with { IsFinal = false }], ["Fault 1002"]);
        foreach (var code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1014, 3000, 3999, 4000, 4999 })
        {
            yield return new($"close with {code}", [ClientFrame.Close(code)], [$"Close {code}"]);
        }

        foreach (var code in new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535 })
        {
            yield return new($"close with {code}", [ClientFrame.Close(code)], ["Fault 1002"]);
        }
    }

    private static IEnumerable<WebSocketCase> WrongKinds()
    {
        yield return new("binary to a text connection", [ClientFrame.Binary([1])], ["Fault 1003"]);
        yield return new("text to a binary connection", [ClientFrame.Text("x")], ["Fault 1003"], IsBinary: true);
        yield return new("first part of the wrong kind", [ClientFrame.Binary([1]) with { IsFinal = false }], ["Fault 1003"]);
        yield return new("wrong kind, refused by the header alone", [ClientFrame.Binary([]) with { StatedLength = 50_000 }], ["Fault 1003"]);
    }

    private static ClientFrame[] Text(params string[] parts) =>
        [.. ClientFrame.Fragments(1, [.. parts.Select(Encoding.UTF8.GetBytes)])];

    private static string Stars(int count) => new('*', count);

    private static string HashOfZeros(int count) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(new string('0', 2 * count))));
}
