using System.Collections.Immutable;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>How much memory a message holds, as far as that matters for bounds.</summary>
internal static class EdgeMessageSize
{
    /// <summary>The bytes of the payloads of all.</summary>
    public static long Of(ImmutableArray<EdgeMessage> messages)
    {
        long bytes = 0;
        foreach (var message in messages)
        {
            bytes += Of(message);
        }

        return bytes;
    }

    /// <summary>The bytes of its payloads; other messages are small and few.</summary>
    public static long Of(EdgeMessage message)
    {
        switch (message)
        {
            case PublicationBatch publications:
                long bytes = 0;
                foreach (var publication in publications.Publications)
                {
                    bytes += publication.Payload.Length;
                }

                return bytes;
            case SignalMessage signal:
                return signal.Payload.Length;
            default:
                return 0;
        }
    }
}
