using System.IO.Compression;
using System.Text;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <content>Compressed messages (RFC 7692; Autobahn's groups 12 and 13).</content>
internal static partial class WebSocketCases
{
    // An empty stored block, as a flush leaves it before its tail is taken off; and an empty block of a fixed code that is final.
    private static readonly byte[] EmptyBlock = [0x00];
    private static readonly byte[] EmptyFinalBlock = [0x03, 0x00];

    private static IEnumerable<WebSocketCase> Compression()
    {
        foreach (var length in new[] { 0, 1, 16, 64, 125, 126, 256, 1024, 4096, 8192, 16_384, 32_768, 32_769, 65_535, 100_000 })
        {
            var text = Json(length);
            var bytes = Encoding.UTF8.GetBytes(text);
            foreach (var level in new[] { CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.SmallestSize })
            {
                var compressed = ClientFrame.Deflate(bytes, level);
                yield return Deflated(
                    $"compressed text of {length}, {level}", [Compressed(compressed)], [Transcript.LineOfText(text), "Ended"]);
            }

            yield return Deflated(
                $"compressed text of {length}, final", [Compressed(ClientFrame.Deflate(bytes, isFinal: true))],
                [Transcript.LineOfText(text), "Ended"]);
        }

        yield return Deflated("not compressed, though it might be", [ClientFrame.Text("plain")], ["Text plain", "Ended"]);
        yield return Deflated("empty stored block", [Compressed(EmptyBlock)], ["Text", "Ended"]);
        yield return Deflated("empty block of a fixed code", [Compressed([0x02, 0x00])], ["Text", "Ended"]);
        yield return Deflated(
            "example of the RFC, fixed code", [Compressed([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])], ["Text Hello", "Ended"]);
        yield return Deflated(
            "example of the RFC, in two fragments",
            [Compressed([0xF2, 0x48, 0xCD]) with { IsFinal = false }, ClientFrame.Continuation([0xC9, 0xC9, 0x07, 0x00])],
            ["Text Hello", "Ended"]);
        yield return Deflated(
            "example of the RFC, stored",
            [Compressed([0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00])], ["Text Hello", "Ended"]);
        yield return Deflated(
            "example of the RFC, final block", [Compressed([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00])], ["Text Hello", "Ended"]);
        yield return Deflated(
            "example of the RFC, two blocks",
            [Compressed([0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00])], ["Text Hello", "Ended"]);
        yield return Deflated(
            "final block without an empty one behind it", [Compressed([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])], ["Text Hello", "Ended"]);
        yield return Deflated(
            "final stored block that ends with the tail", [Compressed([0x01])], ["Text", "Ended"]);
        yield return Deflated(
            "final blocks one after the other",
            [Compressed([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00])],
            ["Text HelloHello", "Ended"]);
        yield return Deflated(
            "no context is kept: the same message twice",
            [ClientFrame.Text(Json(500)).Compressed(), ClientFrame.Text(Json(500)).Compressed()],
            [Transcript.LineOfText(Json(500)), Transcript.LineOfText(Json(500)), "Ended"]);
        yield return Deflated(
            "ping between compressed parts",
            [Compressed([0xF2, 0x48]) with { IsFinal = false }, ClientFrame.Ping([1]), ClientFrame.Continuation([0xCD, 0xC9, 0xC9, 0x07, 0x00])],
            ["Ping 01", "Text Hello", "Ended"]);
        yield return Deflated(
            "compressed byte by byte, with empty parts",
            [.. Parts(ClientFrame.Deflate(KoanBytes).SelectMany(static value => new[] { new[] { value }, [] }))],
            [Transcript.LineOfText(Koan), "Ended"]);
        yield return Deflated(
            "compressed, then not, in parts",
            [.. Parts([[0xF2, 0x48, 0xCD], [0xC9, 0xC9, 0x07, 0x00]]), .. Text("a", "b")], ["Text Hello", "Text ab", "Ended"]);
        yield return new(
            "compressed binary need not be UTF-8", [ClientFrame.Binary([0xC3, 0x28]).Compressed()], ["Binary C328", "Ended"],
            IsBinary: true, IsCompressed: true);
    }

    private static IEnumerable<WebSocketCase> CompressionFaults()
    {
        foreach (var bits in Enumerable.Range(1, 7).Where(static bits => bits != ClientFrame.CompressedBit))
        {
            yield return Deflated($"reserved bits {bits} with compression", [ClientFrame.Text("") with { ReservedBits = bits }], ["Fault 1002"]);
        }

        foreach (var frame in new[] { ClientFrame.Ping([]), ClientFrame.Pong([]), ClientFrame.Close(1000) })
        {
            yield return Deflated($"compressed opcode {frame.Opcode}", [frame with { ReservedBits = ClientFrame.CompressedBit }], ["Fault 1002"]);
        }

        yield return Deflated(
            "continuation that says it is compressed",
            [Compressed([0xF2]) with { IsFinal = false }, ClientFrame.Continuation([0x48]) with { ReservedBits = ClientFrame.CompressedBit }],
            ["Fault 1002"]);
        yield return new("compressed without having been negotiated", [ClientFrame.Text("x").Compressed()], ["Fault 1002"]);
        yield return Deflated("no block at all", [Compressed([])], ["Fault 1007"]);
        yield return Deflated("block of no kind", [Compressed([0x06, 0x00])], ["Fault 1007"]);
        yield return Deflated("stored length without its complement", [Compressed([0x00, 0x05, 0x00, 0x05, 0x00, 0x48])], ["Fault 1007"]);
        yield return Deflated("reference to what was before the message", [Compressed([0x02, 0x13, 0x00, 0x00])], ["Fault 1007"]);
        yield return Deflated("cut within a block", [Compressed([0xF2, 0x48, 0xCD])], ["Fault 1007"]);
        yield return Deflated("text instead of a compressed one", [Compressed("{\"type\":\"ping\"}"u8.ToArray())], ["Fault 1007"]);
        yield return Deflated("nothing but final blocks", [Compressed([.. Enumerable.Repeat(EmptyFinalBlock, 100).SelectMany(static block => block)])], ["Fault 1007"]);
        yield return Deflated("compressed, not UTF-8", [Compressed(ClientFrame.Deflate([.. KoanBytes, 0xC3, 0x28]))], ["Fault 1007"]);
        yield return Deflated("compressed, cut within a character", [Compressed(ClientFrame.Deflate([0xE2, 0x82]))], ["Fault 1007"]);
        yield return Deflated("expands to the limit", [ClientFrame.Text(Stars(Transcript.MaxMessageBytes)).Compressed()],
            [Transcript.LineOfText(Stars(Transcript.MaxMessageBytes)), "Ended"]);
        yield return Deflated("expands beyond the limit", [ClientFrame.Text(Stars(Transcript.MaxMessageBytes + 1)).Compressed()], ["Fault 1009"]);
        yield return Deflated("expands a thousandfold", [ClientFrame.Text(Stars(100 * Transcript.MaxMessageBytes)).Compressed()], ["Fault 1009"]);
        yield return Deflated(
            "compressed longer than anything of the limit can be, refused by the header alone",
            [Compressed([]) with { StatedLength = Transcript.MaxMessageBytes + 1000 }], ["Fault 1009"]);
        yield return Deflated(
            "empty blocks without end",
            [Compressed([.. Enumerable.Repeat<byte[]>([.. EmptyBlock, 0x00, 0x00, 0xFF, 0xFF], 21_000).SelectMany(static block => block)])], ["Fault 1009"]);
    }

    private static WebSocketCase Deflated(string name, ClientFrame[] frames, string[] expected) =>
        new(name, frames, expected, IsCompressed: true);

    private static ClientFrame Compressed(byte[] payload) => ClientFrame.Text(payload) with { ReservedBits = ClientFrame.CompressedBit };

    private static IEnumerable<ClientFrame> Parts(IEnumerable<byte[]> parts) =>
        ClientFrame.Fragments(1, [.. parts])
            .Select(static (frame, index) => index == 0 ? frame with { ReservedBits = ClientFrame.CompressedBit } : frame);

    // Something that can be compressed, but not to nothing: the same text of a length every time.
    private static string Json(int length)
    {
        var random = new Random(length);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append($"{{\"id\":{random.Next(1000)},\"name\":\"µ{random.Next(50)}\"}},");
        }

        // Cut so that it has that many bytes, and no character is cut.
        var bytes = Encoding.UTF8.GetBytes(text.ToString()).AsSpan(0, length).ToArray();
        var cut = Array.FindLastIndex(bytes, static value => value < 0x80) + 1;
        return Encoding.UTF8.GetString(bytes, 0, cut) + new string('.', length - cut);
    }
}
