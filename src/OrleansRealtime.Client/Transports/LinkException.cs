using OrleansRealtime.Client.Reconnect;

namespace OrleansRealtime.Client.Transports;

/// <summary>A link could not be made.</summary>
internal sealed class LinkException(LinkEnd end, Exception? inner = null) : Exception(end.Reason, inner)
{
    public LinkEnd End { get; } = end;
}
