namespace OrleansRealtime.Edge.Sockets;

/// <summary>Something with a descriptor that an event loop watches. Touched on its loop only, unless a member says otherwise.</summary>
internal abstract class LoopSocket
{
    /// <summary>Its place in the loop; the loop's own.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Something became possible. With edge triggering this comes once; what is not done now must be remembered.</summary>
    public abstract void OnReady(uint events);

    /// <summary>The patience that was asked for (<see cref="EventLoop.Expect"/>) is over, and it is still there.</summary>
    public virtual void OnTimeout()
    {
    }

    /// <summary>A bug in <see cref="OnReady"/>, or the loop's end: gives up everything, at once.</summary>
    public abstract void OnFault();
}
