using System.Collections.Frozen;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Samples.Chat;

/// <summary>Gives each room a moderator.</summary>
internal sealed class Moderators(FrozenSet<string> names) : IChannelBehaviorFactory
{
    /// <inheritdoc/>
    public IChannelBehavior? Create(ChannelName channel) => channel.Namespace == "chat" ? new Moderation(names) : null;
}
