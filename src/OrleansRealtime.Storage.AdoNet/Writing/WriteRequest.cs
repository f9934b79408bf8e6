namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>Something that waits for the writer. Its caller may call it off until the writer takes it.</summary>
internal abstract class WriteRequest
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int CalledOff = 2;

    private int _state;

    /// <summary>What the request changes; requests run in the order of this, so that processes lock in the same order.</summary>
    public abstract string Subject { get; }

    /// <summary>The channel whose row it changes, or null.</summary>
    public abstract string? LockedChannel { get; }

    /// <summary>Its payload bytes.</summary>
    public virtual int Bytes => 0;

    /// <summary>Claims the request for the writer. False when it was called off.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Answers with what the transaction came to, after it was committed.</summary>
    public abstract void Answer();

    /// <summary>Answers with a failure.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Answers a request that a uniqueness constraint refused. False when there is no better answer than a failure.</summary>
    public virtual bool TryAnswerUniqueViolation() => false;

    /// <summary>Is told that it may have been stored, and will be tried once more.</summary>
    public virtual void OnOutcomeUnknown()
    {
    }

    /// <summary>
    /// Claims the request for its caller, who gives it up. False when the writer has it: then its memory is in use, and the
    /// caller waits for the answer.
    /// </summary>
    protected bool TryCallOff() => Interlocked.CompareExchange(ref _state, CalledOff, Waiting) == Waiting;
}
