using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Membership;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>One channel's grain, as the port promises it.</summary>
internal sealed class GrainChannel(ChannelName channel, IChannelGrain grain, PublishQueues queues, EdgeOrigin? origin) : IChannel
{
    public ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
        origin?.Of(request.Edge) is not null
            ? origin.AttachAsync(channel, grain, request, cancellationToken)
            : GrainCalls.CallAsync(grain, static (grain, request, token) => grain.AttachAsync(request, token), request, cancellationToken);

    public ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken)
    {
        origin?.Detached(edge, channel);
        return GrainCalls.CallAsync(grain, static (grain, edge, token) => grain.DetachAsync(edge, token), edge, cancellationToken);
    }

    public ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, renewal, token) => grain.RenewAsync(renewal, token), renewal, cancellationToken);

    public ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
        queues.PublishAsync(channel, request, cancellationToken);

    public ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, request, token) => grain.SignalAsync(request, token), request, cancellationToken);

    public ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, request, token) => grain.ReadAsync(request, token), request, cancellationToken);

    public ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, _, token) => grain.ReadSnapshotAsync(token), 0, cancellationToken);

    public ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, caller, token) => grain.PresenceAsync(caller, token), caller, cancellationToken);

    public ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, update, token) => grain.UpdateMembersAsync(update, token), update, cancellationToken);

    public ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, change, token) => grain.ChangeGrantAsync(change, token), change, cancellationToken);

    public ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, _, token) => grain.DescribeAsync(token), 0, cancellationToken);
}
