using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using System.Text.Unicode;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>What the server promised to keep.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Sequence">The number it was given.</param>
/// <param name="Number">The marker's number in its payload.</param>
internal readonly record struct Acknowledgement(string Channel, long Sequence, long Number);

/// <summary>Connections that keep so many publications under way each, and publish the next when one is acknowledged.</summary>
/// <remarks>
/// All but <see cref="RunAsync"/> happens in the load's loop. What one read acknowledges is followed by one write, as a client that
/// has much to publish does it.
/// </remarks>
internal sealed class AckedPublishers(LoadRun load, int payloadBytes, LevelResult result)
{
    // With a shorter one a frame would have another header than the one that is written here.
    private const int MinPayloadBytes = 64;
    private const int FrameHeaderBytes = 8;

    // Numbers are of all publishers of the process, so that message ids and markers are never used twice.
    private static long s_number;

    private readonly int _payloadBytes = Math.Max(payloadBytes, MinPayloadBytes);
    private readonly Dictionary<long, long> _sent = [];
    private readonly ArrayBufferWriter<byte> _frames = new(64 * 1024);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    /// <summary>Publishes for so long, and waits until all that is under way is acknowledged.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        await load.InLoopAsync(Begin);
        await Task.Delay(duration);
        await load.InLoopAsync(() => _isStopping = true);
        await _drained.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await load.InLoopAsync(() => load.Clients.ForEach(static client => (client.Heard, client.AllHeard) = (null, null)));
    }

    private void Begin()
    {
        for (var i = 0; i < result.Level.Connections; i++)
        {
            var channel = Level.ChannelOf(i);
            var client = load.Clients[i];
            client.Heard = (_, message) => OnHeard(channel, message);
            client.AllHeard = Flush;
            for (var n = 0; n < result.Level.InFlight; n++)
            {
                Publish(channel);
            }

            Flush(client);
        }
    }

    private void Publish(string channel)
    {
        var (number, now) = (++s_number, Stopwatch.GetTimestamp());
        _sent.Add(number, now);
        var frame = _frames.GetSpan(FrameHeaderBytes + _payloadBytes + 256);
        var message = frame[FrameHeaderBytes..];
        Utf8.TryWrite(
            message, $$$"""{"type":"publish","id":{{{number}}},"channel":"{{{channel}}}","payload":{"data":""", out var length);
        Marker.Payload(number, now, _payloadBytes).CopyTo(message[length..]);
        length += _payloadBytes;
        if (result.HasIds)
        {
            Utf8.TryWrite(message[length..], $",\"mid\":\"bench-{number:x8}\"", out var written);
            length += written;
        }

        "}}"u8.CopyTo(message[length..]);
        length += 2;

        // Text, one frame, masked with zero, the length in two bytes.
        frame[0] = 0x81;
        frame[1] = 0x80 | 126;
        BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)length);
        frame[4..FrameHeaderBytes].Clear();
        _frames.Advance(FrameHeaderBytes + length);
    }

    private void Flush(LoadClient client)
    {
        if (_frames.WrittenCount > 0)
        {
            client.Send(_frames.WrittenSpan);
            _frames.ResetWrittenCount();
        }
    }

    private void OnHeard(string channel, ReadOnlySpan<byte> message)
    {
        if (!message.StartsWith("{\"type\":\"ack\""u8)
            || !TryFind(message, "\"id\":"u8, out var number) || !TryFind(message, "\"seq\":"u8, out var sequence)
            || !_sent.Remove(number, out var sent))
        {
            load.OnLost("refused: " + Encoding.UTF8.GetString(message));
            return;
        }

        result.Latencies.Add(Stopwatch.GetTimestamp() - sent);
        result.Add(new Acknowledgement(channel, sequence, number));
        if (!_isStopping)
        {
            Publish(channel);
        }
        else if (_sent.Count == 0)
        {
            _drained.TrySetResult();
        }
    }

    private static bool TryFind(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name, out long value)
    {
        var start = message.IndexOf(name);
        value = 0;
        return start >= 0 && Utf8Parser.TryParse(message[(start + name.Length)..], out value, out _);
    }
}
