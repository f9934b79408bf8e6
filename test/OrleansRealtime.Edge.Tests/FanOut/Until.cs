using Xunit.Sdk;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Waits for what has no event of its own, by yielding; names what it waits for when it gives up.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(string why, Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new XunitException($"Waited {Patience.TotalSeconds} s in vain until {why}.");
            }

            await Task.Yield();
        }
    }
}
