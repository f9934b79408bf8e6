using System.Runtime.CompilerServices;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Transports;

/// <summary>
/// Makes the answers of an event stream those of its subscribes: an ack gets the id of its subscribe, and what was missed since a
/// position that the stream's own token does not hold is read from the history.
/// </summary>
internal sealed class StreamResume(HttpCommands commands, IReadOnlyList<SubscribeCommand> subscribes, IReadOnlySet<ChannelName> remembered)
{
    private const int PageSize = 1000;

    private readonly Dictionary<ChannelName, SubscribeCommand> _asked = subscribes.ToDictionary(static subscribe => subscribe.Channel);

    /// <summary>The frames that a WebSocket would have brought in place of <paramref name="frame"/>.</summary>
    public async IAsyncEnumerable<ServerFrame> TranslateAsync(
        ServerFrame frame, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (frame)
        {
            case AckFrame { Payload: SubscribedAck taken, Channel: { } channel } ack when _asked.Remove(channel, out var subscribe):
                var needsHistory = subscribe.From is { } from && (!remembered.Contains(channel) || GoesOnElsewhere(from, taken));
                var missed = needsHistory ? await ReadMissedAsync(subscribe, taken, cancellationToken).ConfigureAwait(false) : null;
                yield return ack with
                {
                    Id = subscribe.Id,
                    Payload = !needsHistory ? taken
                        : missed is null ? taken with { Recovered = false }
                        : taken with { Recovered = true, Missed = missed.Count, Snapshot = false },
                };
                foreach (var publication in missed ?? [])
                {
                    yield return new PublicationFrame(channel, publication);
                }

                break;
            case ErrorFrame { Channel: { } channel } error when _asked.Remove(channel, out var subscribe):
                yield return error with { Id = subscribe.Id };
                break;
            default:
                yield return frame;
                break;
        }
    }

    // The token of a stream that was cut while its channels were taken up may stand before or behind the client, or know nothing.
    private static bool GoesOnElsewhere(Position from, SubscribedAck taken) =>
        taken.Recovered && !taken.Snapshot
        && (taken.Position.Epoch != from.Epoch || from.Sequence < taken.Position.Sequence - taken.Missed);

    /// <summary>All from the position that was asked for to that of the ack; null when something of it is gone.</summary>
    /// <exception cref="LinkException">It could not be read now: nothing is known to be lost, and the next link asks again.</exception>
    private async Task<List<Publication>?> ReadMissedAsync(
        SubscribeCommand subscribe, SubscribedAck taken, CancellationToken cancellationToken)
    {
        var after = subscribe.From!.Value;
        var missed = new List<Publication>();
        if (after.Epoch != taken.Position.Epoch || after.Sequence > taken.Position.Sequence)
        {
            return null;
        }

        while (after.Sequence < taken.Position.Sequence)
        {
            var answer = await commands.SendAsync(
                new HistoryCommand(subscribe.Id, subscribe.Channel, after, PageSize, Reverse: false), cancellationToken).ConfigureAwait(false);
            if (answer is ErrorFrame { Error: { IsRetryable: true } error })
            {
                throw new LinkException(LinkEnd.Lost($"the history of {subscribe.Channel} cannot be read: {error.Detail}"));
            }

            if (answer is not AckFrame { Payload: HistoryAck { Publications.Count: > 0 } page }
                || page.Position.Epoch != after.Epoch || page.Publications[0].Sequence != after.Sequence + 1)
            {
                return null;
            }

            missed.AddRange(page.Publications.Where(publication => publication.Sequence <= taken.Position.Sequence));
            after = after with { Sequence = page.Publications[^1].Sequence };
        }

        return missed;
    }
}
