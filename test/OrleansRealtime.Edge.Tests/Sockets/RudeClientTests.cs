using System.Net;
using System.Net.Sockets;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Edge.Tests.Kestrel;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Sockets;

/// <summary>Tests that count what the whole process holds, so nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneDefinition
{
    public const string Name = "alone";
}

[Collection(AloneDefinition.Name)]
public sealed class RudeClientTests
{
    private static ReadOnlySpan<byte> Upgrade =>
        "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"u8;

    [Fact]
    public async Task Clients_WhoSendGarbageStallAndCut_LoseNothingForThoseWhoStay_AndLeaveNothing()
    {
        await Seeds.TryAsync(2, static async random =>
        {
            await using var server = await EdgeServer.StartAsync();
            var before = Descriptors();
            var stays = await server.LogInAsync("alice");
            await stays.SubscribeAsync("chat:room");
            for (var i = 1; i <= 40; i++)
            {
                using var rude = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await rude.ConnectAsync(IPAddress.Loopback, server.Address.Port);
                var bytes = Upgrade.ToArray().Concat(RandomFrames(random)).ToArray();
                for (var at = 0; at < bytes.Length && random.Next(20) > 0;)
                {
                    var length = Math.Min(bytes.Length - at, random.Next(1, 400));
                    await rude.SendAsync(bytes.AsMemory(at, length));
                    at += length;
                }

                // A reset, an end of one direction, or an ordinary end.
                switch (random.Next(3))
                {
                    case 0:
                        rude.LingerState = new LingerOption(true, 0);
                        break;
                    case 1:
                        rude.Shutdown(SocketShutdown.Send);
                        break;
                }

                await stays.SendAsync(new PublishCommand(
                    new CommandId($"p{i}"), EdgeServer.Room, Payload.Json($"{i}"), null, null));
                Assert.Equal(i, (await stays.NextPublicationAsync("chat:room")).Sequence);
            }

            await stays.DisposeAsync();
            await Until.TrueAsync("all connections are gone", () => server.Node.Connections.Count == 0);
            await Until.TrueAsync("all descriptors are closed", () => Descriptors() <= before);
        });
    }

    private static int Descriptors() =>
        Directory.GetFileSystemEntries("/proc/self/fd").Count(static entry =>
        {
            try
            {
                return File.ResolveLinkTarget(entry, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) ?? false;
            }
            catch (IOException)
            {
                return false;
            }
        });

    private static IEnumerable<byte> RandomFrames(Random random)
    {
        for (var i = random.Next(8); i > 0; i--)
        {
            // A masked ping or text, or nonsense.
            var length = random.Next(126);
            byte[] header = [(byte)(random.Next(10) == 0 ? random.Next(256) : random.Next(2) == 0 ? 0x89 : 0x01), (byte)(0x80 | length), 0, 0, 0, 0];
            foreach (var part in header.Concat(Enumerable.Repeat((byte)' ', length)))
            {
                yield return part;
            }
        }
    }
}
