namespace OrleansRealtime.Runtime.Embedded;

/// <summary>Whose turns a <see cref="Mailbox"/> gives; called inside them.</summary>
internal interface IMailboxOwner
{
    /// <summary>A turn is over.</summary>
    void OnTurnEnded();

    /// <summary>A turn, or <see cref="OnTurnEnded"/>, threw what no caller is told.</summary>
    void OnTurnFailed(Exception failure);
}
