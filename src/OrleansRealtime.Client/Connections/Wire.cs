using System.Globalization;
using OrleansRealtime.Client.Requests;
using OrleansRealtime.Client.Transports;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Connections;

/// <summary>The link of now, shared by all that send on it, and the lock that guards the client's state.</summary>
/// <remarks>
/// What has a name ending in <c>Locked</c> needs <see cref="Lock"/>. Sending under the lock keeps the order of commands; it only
/// queues.
/// </remarks>
internal sealed class Wire(bool writesBase64)
{
    private long _lastId;

    public Lock Lock { get; } = new();

    /// <summary>The link being authenticated or open, or null.</summary>
    public ILink? Link { get; set; }

    /// <summary>Whether the link is acknowledged.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The longest message that the server takes, or 0 when that is not known.</summary>
    public int MaxMessageBytes { get; set; }

    public CommandId NewIdLocked() => new((++_lastId).ToString(CultureInfo.InvariantCulture));

    /// <summary>Why a command cannot be sent at all, or null.</summary>
    public RealtimeError? RefusalOfLocked(ClientCommand command) => Sendable.RefusalOf(command, MaxMessageBytes, writesBase64);

    public void SendLocked(params IReadOnlyList<ClientCommand> commands) => Link?.Send(commands);
}
