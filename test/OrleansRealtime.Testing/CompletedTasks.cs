namespace OrleansRealtime.Testing;

/// <summary>Reads results that must be there already.</summary>
public static class CompletedTasks
{
    /// <summary>The result of a task that is done; never waits.</summary>
    /// <exception cref="InvalidOperationException">The task is not done.</exception>
    public static T Done<T>(this Task<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("The task is not done.");
}
