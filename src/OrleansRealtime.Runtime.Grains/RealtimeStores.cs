using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Where the actors keep what outlives them.</summary>
/// <param name="Log">Publications of durable channels; null when no store is configured.</param>
/// <param name="Grants">Grants.</param>
/// <param name="Users">Users.</param>
internal sealed record RealtimeStores(IChannelLog? Log, IGrantStore Grants, IUserStore Users);
