using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Ports;

/// <summary>The policies in force. Safe for concurrent use; a reload takes effect for whoever asks next.</summary>
public interface IChannelPolicies
{
    /// <summary>The policy of <paramref name="channel"/>; false when its namespace is not configured, so that it is refused.</summary>
    bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy);
}
