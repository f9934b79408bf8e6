using OrleansRealtime.Core.Ports;
using Xunit.Sdk;

namespace OrleansRealtime.Runtime.Grains.Tests;

/// <summary>Waits for what a cluster comes to by itself, by asking again; names what it waits for when it gives up.</summary>
internal static class Until
{
    /// <summary>How long a cluster may take that shares its machine with others.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Asks until the answer is yes; that no actor could be reached is a no.</summary>
    public static async Task TrueAsync(string why, Func<ValueTask<bool>> ask)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await AskAsync(ask))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new XunitException($"Waited {Patience.TotalSeconds} s in vain until {why}.");
            }

            await MomentAsync();
        }
    }

    /// <summary>A pause between two tries that leaves the processor to what is waited for.</summary>
    public static Task MomentAsync() => Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);

    private static async ValueTask<bool> AskAsync(Func<ValueTask<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ActorUnavailableException)
        {
            return false;
        }
    }
}
