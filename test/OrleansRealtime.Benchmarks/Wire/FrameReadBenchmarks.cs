using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Benchmarks.Wire;

/// <summary>
/// A client's text message, from the bytes of its frames to its payload, beside the framework's WebSocket. Fragments of one byte,
/// and of one byte of characters of four, are the adverse form: their cost is for each frame, and must not be for each frame and
/// what came before it.
/// </summary>
[MemoryDiagnoser]
public class FrameReadBenchmarks
{
    private readonly byte[] _received = new byte[1024 * 1024];
    private byte[] _frames = [];
    private byte[] _message = [];
    private WebSocketMessageAssembler? _assembler;
    private WebSocket? _framework;

    public enum Cut
    {
        Whole,
        Bytes,
        BytesOfEmoji,
    }

    [ParamsAllValues]
    public Cut Fragments { get; set; }

    [Params(128, 16_384, 65_536)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = Fragments == Cut.BytesOfEmoji
            ? string.Concat(Enumerable.Repeat("😀", PayloadBytes / 4))
            : new string('x', PayloadBytes);
        _frames = Samples.TextFrames(Encoding.UTF8.GetBytes(text), Fragments == Cut.Whole ? int.MaxValue : 1);
        _message = new byte[PayloadBytes];
        _assembler = new WebSocketMessageAssembler(isBinary: false, PayloadBytes, mayBeCompressed: false);
        _framework = WebSocket.CreateFromStream(
            new ReplayStream(_frames), new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        Samples.Demand(Framework() == PayloadBytes && Assembler() == PayloadBytes, "both read all of it");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _framework?.Dispose();
        _assembler?.Dispose();
    }

    [Benchmark(Baseline = true)]
    public int Framework()
    {
        var length = 0;
        while (true)
        {
            var receiving = _framework!.ReceiveAsync(_message.AsMemory(length), CancellationToken.None);
            Samples.Demand(receiving.IsCompletedSuccessfully, "nothing is waited for");
            var received = receiving.Result;
            length += received.Count;
            if (received.EndOfMessage)
            {
                return length;
            }
        }
    }

    [Benchmark]
    public long Assembler()
    {
        // Unmasked where they lie, so each round receives them anew, as from a socket.
        _frames.CopyTo(_received, 0);
        var input = new ReadOnlySequence<byte>(_received, 0, _frames.Length);
        var length = _assembler!.TryRead(ref input, out var message) ? message.Payload.Length : -1;
        _assembler.Release();
        return length;
    }
}
