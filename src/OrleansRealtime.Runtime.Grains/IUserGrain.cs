using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>One user's actor as a grain; its key is the user's id. Called as <see cref="IChannelGrain"/> is.</summary>
[Alias("realtime.IUserGrain")]
[GrainInterfaceType("realtime.user")]
public interface IUserGrain : IGrainWithStringKey, IUser;
