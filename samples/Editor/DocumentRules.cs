using System.Globalization;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Samples.Editor;

/// <summary>What a document's channel takes: edits as they come, and snapshots that the log continues.</summary>
/// <remarks>
/// Both are Yjs updates, which nobody but Yjs can read: the server orders and keeps them. What it can judge of a snapshot is the
/// position that its key names. It must not be ahead of the log, and so little behind that the log has what follows it for long
/// after: whoever comes late takes the newest snapshot, and from the log what is newer.
/// </remarks>
internal sealed class DocumentRules(int keptCount) : IChannelBehavior
{
    private const string SnapshotKey = "snapshot:";

    public PublicationVerdict OnPublishing(in ProposedPublication proposed)
    {
        if (proposed.Payload.Kind != PayloadKind.Binary)
        {
            return PublicationVerdict.Reject("A document takes Yjs updates: bytes.");
        }

        if (proposed.Key is not { } key)
        {
            return PublicationVerdict.Accept;
        }

        return TryReadPosition(key, out var madeAt) && madeAt < proposed.Sequence && proposed.Sequence - madeAt <= keptCount / 4
            ? PublicationVerdict.Accept
            : PublicationVerdict.Reject($"'{key}' is no snapshot that {proposed.Sequence} may be: it is too old, or of the future.");
    }

    private static bool TryReadPosition(string key, out long position)
    {
        position = 0;
        return key.StartsWith(SnapshotKey, StringComparison.Ordinal)
            && long.TryParse(key.AsSpan(SnapshotKey.Length), NumberStyles.None, CultureInfo.InvariantCulture, out position);
    }
}

/// <summary>Gives every document its rules.</summary>
internal sealed class DocumentRulesFactory(int keptCount) : IChannelBehaviorFactory
{
    public IChannelBehavior? Create(ChannelName channel) => channel.Namespace == "doc" ? new DocumentRules(keptCount) : null;
}
