using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>All users, in this process.</summary>
internal sealed class EmbeddedUsers(ActorTable<UserId, UserHost> table) : IUsers
{
    public IUser Get(UserId user) => new EmbeddedUser(new Actor<UserId, UserHost>(table, user));
}
