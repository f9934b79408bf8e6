namespace OrleansRealtime.Core.Ports;

/// <summary>All users of the system. Safe for concurrent use.</summary>
public interface IUsers
{
    /// <summary>The actor of <paramref name="user"/>; it comes to life with the first call.</summary>
    IUser Get(UserId user);
}
