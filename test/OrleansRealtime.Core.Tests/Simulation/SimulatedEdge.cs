using System.Collections.Immutable;
using System.Text;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Core.Tests.Simulation;

/// <summary>An edge in a simulation: attaches, follows a channel by its sequences, and repairs what deliveries lost.</summary>
internal sealed class SimulatedEdge(int number, Simulation simulation)
{
    private bool _isAttaching;
    private bool _isReading;

    public EdgeId Id { get; } = new($"edge-{number}");

    /// <summary>All up to here was seen, from where the numbering was joined.</summary>
    public Position Seen { get; private set; }

    /// <summary>The newest grants that it was given.</summary>
    public ChannelGrants Grants { get; private set; } = ChannelGrants.None;

    public SortedSet<string> Users { get; } = [];

    private ImmutableArray<Member> Members => [.. Users.Select(static user => new Member(UserId.Parse(user), default))];

    public void Attach()
    {
        if (_isAttaching)
        {
            return;
        }

        _isAttaching = true;
        simulation.Call(
            host => host.AttachAsync(new AttachRequest(Id, 0, Members), CancellationToken.None),
            outcome =>
            {
                _isAttaching = false;
                Take(outcome.Grants);
                Learn(outcome.Position);
            },
            _ => _isAttaching = false);
    }

    public void Renew() => simulation.Call(
        host => host.RenewAsync(new Renewal(Id, Simulation.Channel, Seen, Grants.Version), CancellationToken.None),
        outcome =>
        {
            if (outcome.IsAttached)
            {
                Take(outcome.Grants ?? Grants);
                Learn(outcome.Position);
            }
            else
            {
                Attach();
            }
        },
        _ => { });

    public void Toggle(string user)
    {
        var isLeaving = Users.Remove(user);
        if (!isLeaving)
        {
            Users.Add(user);
        }

        var id = UserId.Parse(user);
        simulation.Call(
            host => host.UpdateMembersAsync(
                isLeaving ? new MembersUpdate(Id, [], [id]) : new MembersUpdate(Id, [new Member(id, default)], []),
                CancellationToken.None),
            isKnown =>
            {
                if (!isKnown)
                {
                    Attach();
                }
            },
            // Whether it arrived is unknown, so all are told again.
            _ => Attach());
    }

    public void Receive(EdgeMessage message)
    {
        switch (message)
        {
            case PublicationBatch batch when batch.Epoch == Seen.Epoch:
                Take(batch.Publications);
                break;
            case GrantsMessage grants:
                Take(grants.Grants);
                break;
            case SignalMessage signal:
                simulation.CheckSignal(this, Encoding.UTF8.GetString(signal.Payload.Bytes.Span));
                break;
            case PublicationBatch:
            case DetachedMessage:
                Attach();
                break;
        }
    }

    private void Learn(Position position)
    {
        if (position.Epoch != Seen.Epoch)
        {
            simulation.CheckReset(this, position);
            Seen = position;
        }
        else if (position.Sequence > Seen.Sequence)
        {
            Read();
        }
    }

    private void Read()
    {
        if (_isReading)
        {
            return;
        }

        _isReading = true;
        var from = Seen;
        simulation.Call(
            host => host.ReadAsync(new ReadRequest(Caller.Trusted("edge"), from, 7, Reverse: false), CancellationToken.None),
            outcome =>
            {
                _isReading = false;
                if (outcome.Refusal is null && outcome.Position.Epoch == from.Epoch && from.Epoch == Seen.Epoch)
                {
                    CheckAnswer(from, outcome);
                    Take(outcome.Publications);
                    if (outcome.More)
                    {
                        Read();
                    }
                }
                else if (outcome.Refusal is null)
                {
                    Learn(outcome.Position);
                }
            },
            _ => _isReading = false);
    }

    private void CheckAnswer(Position from, ReadOutcome outcome)
    {
        if (outcome.IsLost)
        {
            simulation.Fail($"{Id} lost its position {from}, though everything is retained");
        }

        if (!outcome.Publications.IsEmpty && outcome.Publications[0].Sequence != from.Sequence + 1)
        {
            simulation.Fail($"{Id} read from {from} and got {outcome.Publications[0].Sequence}");
        }
    }

    private void Take(ChannelGrants grants)
    {
        simulation.CheckGrants(this, grants);
        if (grants.Version > Grants.Version)
        {
            Grants = grants;
        }
    }

    private void Take(ImmutableArray<Publication> publications)
    {
        foreach (var publication in publications)
        {
            if (publication.Sequence <= Seen.Sequence)
            {
                continue;
            }

            if (publication.Sequence > Seen.Sequence + 1)
            {
                Read();
                return;
            }

            simulation.CheckSeen(this, Seen.Epoch, publication);
            Seen = Seen with { Sequence = publication.Sequence };
        }
    }
}
