namespace OrleansRealtime.Protocol;

/// <summary>
/// What the fields of commands may hold at most. Lengths of text count UTF-16 code units, as .NET and JavaScript do.
/// </summary>
public static class CommandLimits
{
    /// <summary>How deep a message may nest, counting its own object: 64.</summary>
    // What common JSON parsers take without being asked (System.Text.Json: 64).
    public const int MaxDepth = 64;

    /// <summary>How deep published data may nest: 60.</summary>
    // An entry of a history answer stands four levels deep, so no message that carries the data exceeds MaxDepth.
    public const int MaxDataDepth = MaxDepth - 4;

    /// <summary>The greatest number that a command may hold: 2^53 - 1, which JavaScript still counts exactly.</summary>
    public const long MaxNumber = (1L << 53) - 1;

    /// <summary>How many publications <c>history</c> and the <c>last</c> of <c>subscribe</c> may ask for: 1000.</summary>
    public const int MaxPublications = 1000;

    /// <summary>The greatest length of a <c>method</c>: 128.</summary>
    public const int MaxMethodLength = 128;

    /// <summary>How many <c>features</c> a client may name: 32.</summary>
    public const int MaxFeatures = 32;

    /// <summary>The greatest length of the name of a feature: 64.</summary>
    public const int MaxFeatureLength = 64;

    /// <summary>The shortest interval of <c>conflate</c>: 10 ms.</summary>
    public static readonly TimeSpan MinConflate = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest interval of <c>conflate</c>: 60 s.</summary>
    public static readonly TimeSpan MaxConflate = TimeSpan.FromSeconds(60);
}
