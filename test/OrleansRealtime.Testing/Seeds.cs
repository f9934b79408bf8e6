using System.Globalization;
using Xunit.Sdk;

namespace OrleansRealtime.Testing;

/// <summary>Where random tests get their seed from: the environment variable <see cref="Variable"/>, or chance.</summary>
public static class Seeds
{
    /// <summary>Set this to the seed that a failed test printed, to see the same run again.</summary>
    public const string Variable = "ORLEANSREALTIME_SEED";

    /// <summary>A seed, which is printed: by <paramref name="print"/> if given, otherwise to the console.</summary>
    public static int Next(Action<string>? print = null)
    {
        var seed = Given ?? Random.Shared.Next();
        (print ?? Console.WriteLine)(Hint(seed));
        return seed;
    }

    /// <summary>Runs a test with a number of seeds, or with the given one only. A failure names the seed.</summary>
    public static void Try(int count, Action<Random> test)
    {
        foreach (var seed in Choose(count))
        {
            try
            {
                test(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new XunitException(Hint(seed), failure);
            }
        }
    }

    /// <summary>Runs a test with a number of seeds, or with the given one only. A failure names the seed.</summary>
    public static async Task TryAsync(int count, Func<Random, Task> test)
    {
        foreach (var seed in Choose(count))
        {
            try
            {
                await test(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new XunitException(Hint(seed), failure);
            }
        }
    }

    private static int? Given =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var seed) ? seed : null;

    private static IEnumerable<int> Choose(int count) =>
        Given is { } seed ? [seed] : Enumerable.Range(0, count).Select(static _ => Random.Shared.Next());

    private static string Hint(int seed) => $"This run has the seed {seed}; {Variable}={seed} repeats it.";
}
