using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>All users, as grains.</summary>
internal sealed class GrainUsers(IGrainFactory grains) : IUsers
{
    public IUser Get(UserId user) => new GrainUser(grains.GetGrain<IUserGrain>(user.Value));
}
