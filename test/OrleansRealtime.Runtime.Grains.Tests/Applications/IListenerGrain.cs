namespace OrleansRealtime.Runtime.Grains.Tests.Applications;

/// <summary>A grain of an application that listens to a channel; its key is the channel's name.</summary>
[Alias("tests.IListenerGrain")]
public interface IListenerGrain : IGrainWithStringKey
{
    /// <summary>Comes up, and returns when the channel knows of the subscription.</summary>
    [Alias("listen")]
    Task<SiloAddress> ListenAsync();

    /// <summary>Holds the grain's turn until the notes say so.</summary>
    [Alias("hold")]
    Task HoldAsync();

    /// <summary>Ends the subscription.</summary>
    [Alias("unsubscribe")]
    Task UnsubscribeAsync();

    /// <summary>Goes down after this call.</summary>
    [Alias("leave")]
    Task LeaveAsync();

    /// <summary>Publishes in the grain's channel as the server <c>listener</c>; returns the position and whether it was a duplicate.</summary>
    [Alias("publish")]
    Task<string> PublishAsync(string messageId);

    /// <summary>Names who is present in the grain's channel.</summary>
    [Alias("members")]
    Task<string[]> MembersAsync();

    /// <summary>Ends a user's connections; returns how many.</summary>
    [Alias("kick")]
    Task<int> KickAsync(string user);
}
