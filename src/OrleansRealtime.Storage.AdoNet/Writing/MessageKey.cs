namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>What makes a publication the same as another: the message id of its sender in its channel.</summary>
internal readonly record struct MessageKey(long ChannelId, string Sender, string MessageId);
