using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Subscribers;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Core.Tests.Subscribers;

/// <summary>A channel that forgets, restarts and loses deliveries, and a subscriber that is told everything late.</summary>
public sealed class SubscriberCursorProperties
{
    private const int Steps = 400;
    private const int Retained = 12;
    private static readonly ChannelName Channel = ChannelName.Parse("game:7");

    [Fact]
    public void Subscriber_OfALossyChannel_SeesOneContiguousRunOrHearsWhatIsMissing()
    {
        var (handed, interruptions) = (0, 0);
        Seeds.Try(300, random =>
        {
            var run = new Run(random);
            run.Go();
            handed += run.Handed;
            interruptions += run.Interruptions;
        });

        // A run in which nothing happens proves nothing.
        Assert.True(handed > 300, $"{handed} handed over");
        Assert.True(interruptions > 30, $"{interruptions} interruptions");
    }

    private sealed class Run(Random random)
    {
        private readonly SubscriberCursor _cursor = new(Channel, random.Next(3) switch
        {
            0 => ChannelStart.Live,
            1 => ChannelStart.Oldest,
            _ => ChannelStart.After(new Position(new Epoch("e0"), random.Next(3))),
        });

        private readonly Queue<PublicationBatch> _underWay = [];
        private readonly List<Publication> _log = [];
        private int _epoch;
        private long _head;
        private Position? _at;
        private (ReadStep Step, ReadOutcome Outcome)? _answer;

        public int Handed { get; private set; }

        public int Interruptions { get; private set; }

        public void Go()
        {
            for (var i = 0; i < Steps; i++)
            {
                Step(random.Next(12));
            }

            Settle();
            Assert.Equal(new Position(new Epoch($"e{_epoch}"), _head), _cursor.Position);
        }

        private void Step(int what)
        {
            switch (what)
            {
                case < 4:
                    Publish(random.Next(1, 4));
                    break;
                case < 7 when _underWay.TryDequeue(out var batch):
                    if (random.Next(4) != 0)
                    {
                        _cursor.OnBatch(batch);
                    }

                    break;
                case 7:
                    _cursor.OnHead(Head());
                    break;
                case 8 when random.Next(20) == 0:
                    _log.Clear();
                    (_epoch, _head) = (_epoch + 1, 0);
                    break;
                default:
                    TakeStep();
                    break;
            }
        }

        private void Publish(int count)
        {
            var batch = Enumerable.Range(0, count).Select(_ => Item(++_head)).ToImmutableArray();
            _log.AddRange(batch);
            _log.RemoveRange(0, Math.Max(0, _log.Count - Retained));
            _underWay.Enqueue(new PublicationBatch(Channel, new Epoch($"e{_epoch}"), batch));
        }

        private bool TakeStep()
        {
            if (_answer is { } answer)
            {
                _answer = null;
                _cursor.OnRead(answer.Step, answer.Outcome);
                return true;
            }

            switch (_cursor.Next())
            {
                case ReadStep read:
                    // Answered now, and told later.
                    _answer = (read, random.Next(5) == 0
                        ? ReadOutcome.Refused(new RealtimeError(RealtimeErrorCode.Unavailable, "not now"))
                        : Read(read.After));
                    return true;
                case DeliverStep deliver:
                    Check(deliver.Batch);
                    return true;
                case InterruptStep interrupt:
                    Check(interrupt.Interruption);
                    return true;
                default:
                    return false;
            }
        }

        private void Check(PublicationBatch batch)
        {
            var before = _at ?? _cursor.Position!.Value;
            Assert.Equal(before.Epoch, batch.Epoch);
            Assert.Equal(
                Enumerable.Range(1, batch.Publications.Length).Select(i => before.Sequence + i),
                batch.Publications.Select(static publication => publication.Sequence));
            if (random.Next(4) != 0)
            {
                _cursor.OnHandled();
                _at = batch.End;
                Handed += batch.Publications.Length;
            }
        }

        private void Check(ChannelInterruption interruption)
        {
            Assert.Equal(_at ?? _cursor.Position, interruption.Before);
            Assert.NotEqual(interruption.Before, interruption.After);
            _cursor.OnHandled();
            _at = interruption.After;
            Interruptions++;
        }

        /// <summary>No more losses: a renewal, and then whatever the cursor asks for.</summary>
        private void Settle()
        {
            _underWay.Clear();
            do
            {
                _cursor.OnHead(Head());
                for (var i = 0; TakeStep(); i++)
                {
                    Assert.True(i < 1000, "The cursor never comes to rest.");
                }
            }
            while (_cursor.Position != Head());
        }

        private ReadOutcome Read(Position? after)
        {
            var head = Head();
            var oldest = _head - _log.Count + 1;
            var isLost = after is { } position
                && (position.Epoch != head.Epoch || position.Sequence > _head || position.Sequence < oldest - 1);
            var from = after is null || isLost ? oldest - 1 : after.Value.Sequence;
            return new ReadOutcome(
                null, false, [.. _log.Where(one => one.Sequence > from).Take(5)], head, More: false, isLost);
        }

        private Position Head() => new(new Epoch($"e{_epoch}"), _head);

        private static Publication Item(long sequence) =>
            new(sequence, default, Sender.OfServer("game"), null, null, Payload.Json("1"));
    }
}
