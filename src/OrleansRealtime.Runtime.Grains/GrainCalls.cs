using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Turns what Orleans throws when a grain cannot be reached into what the ports promise.</summary>
/// <remarks>
/// Nothing is tried again here: Orleans itself moves a call that was not started to the next activation, and of one that was
/// started the outcome is unknown.
/// </remarks>
internal static class GrainCalls
{
    /// <summary>Calls a grain.</summary>
    /// <exception cref="ActorUnavailableException">The grain could not be reached, or its answer did not come.</exception>
    public static async ValueTask<TResult> CallAsync<TGrain, TArgument, TResult>(
        TGrain grain,
        Func<TGrain, TArgument, CancellationToken, ValueTask<TResult>> call,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await call(grain, argument, cancellationToken);
        }
        catch (Exception failure) when (IsUnreachable(failure))
        {
            throw new ActorUnavailableException("The actor could not be reached; try again.", failure);
        }
    }

    /// <summary>Calls a grain that answers nothing.</summary>
    /// <exception cref="ActorUnavailableException">The grain could not be reached, or its answer did not come.</exception>
    public static async ValueTask CallAsync<TGrain, TArgument>(
        TGrain grain,
        Func<TGrain, TArgument, CancellationToken, ValueTask> call,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await call(grain, argument, cancellationToken);
        }
        catch (Exception failure) when (IsUnreachable(failure))
        {
            throw new ActorUnavailableException("The actor could not be reached; try again.", failure);
        }
    }

    /// <summary>Whether this says that a silo, a grain or the way there is lost, and nothing about the call itself.</summary>
    public static bool IsUnreachable(Exception failure) =>
        failure is OrleansException or SiloUnavailableException or TimeoutException or ObjectDisposedException;
}
