using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>One channel's actor in this process.</summary>
internal sealed class EmbeddedChannel(Actor<ChannelName, ChannelHost> actor) : IChannel
{
    public ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, request, token) => host.AttachAsync(request, token), request, cancellationToken);

    public async ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken) =>
        await actor.CallAsync(
            static async (host, edge, token) =>
            {
                await host.DetachAsync(edge, token);
                return true;
            },
            edge,
            cancellationToken);

    public ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, renewal, token) => host.RenewAsync(renewal, token), renewal, cancellationToken);

    public ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, request, token) => host.PublishAsync(request, token), request, cancellationToken);

    public ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, request, token) => host.SignalAsync(request, token), request, cancellationToken);

    public ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, request, token) => host.ReadAsync(request, token), request, cancellationToken);

    public ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, _, token) => host.ReadSnapshotAsync(token), 0, cancellationToken);

    public ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, caller, token) => host.PresenceAsync(caller, token), caller, cancellationToken);

    public ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, update, token) => host.UpdateMembersAsync(update, token), update, cancellationToken);

    public ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, change, token) => host.ChangeGrantAsync(change, token), change, cancellationToken);

    public ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, _, token) => host.DescribeAsync(token), 0, cancellationToken);
}
