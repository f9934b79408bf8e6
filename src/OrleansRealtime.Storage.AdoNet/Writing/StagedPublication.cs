namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>One row to store.</summary>
/// <param name="ChannelId">Its channel.</param>
/// <param name="EndBytes">The channel's payload bytes up to and including this one.</param>
/// <param name="Publication">The publication.</param>
internal readonly record struct StagedPublication(long ChannelId, long EndBytes, Publication Publication);
