using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>One user's actor as a grain; its key is the user's id. Called as <see cref="IChannelGrain"/> is.</summary>
[Alias("realtime.IUserGrain")]
[GrainInterfaceType("realtime.user")]
public interface IUserGrain : IGrainWithStringKey, IUser
{
    /// <summary>Admits a connection of an edge of a silo, as <see cref="IUser.OpenSessionAsync"/> does, until that silo is dead.</summary>
    [Alias("open-session-from")]
    ValueTask<OpenSessionOutcome> OpenSessionFromAsync(
        SiloAddress home, OpenSessionRequest request, CancellationToken cancellationToken);

    /// <summary>Renews connections of an edge of a silo, as <see cref="IUser.RenewSessionsAsync"/> does, until that silo is dead.</summary>
    [Alias("renew-sessions-from")]
    ValueTask RenewSessionsFromAsync(SiloAddress home, SessionsRenewal renewal, CancellationToken cancellationToken);
}
