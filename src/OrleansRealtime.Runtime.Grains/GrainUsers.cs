using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Membership;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>All users, as grains.</summary>
internal sealed class GrainUsers(IGrainFactory grains, EdgeOrigin? origin = null) : IUsers
{
    public IUser Get(UserId user) => new GrainUser(grains.GetGrain<IUserGrain>(user.Value), origin);
}
