using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Protocol;

/// <summary>The names that stand for enumeration values on the wire; none is ever reused.</summary>
internal static class WireNames
{
    public static string ToWireName(this Durability durability) => durability switch
    {
        Durability.None => "none",
        Durability.Memory => "memory",
        Durability.Durable => "durable",
        _ => throw new UnreachableException(),
    };

    public static string ToWireName(this SlowReaderPolicy policy) => policy switch
    {
        SlowReaderPolicy.CatchUp => "catchup",
        SlowReaderPolicy.Latest => "latest",
        SlowReaderPolicy.Drop => "drop",
        SlowReaderPolicy.Close => "close",
        _ => throw new UnreachableException(),
    };

    public static bool TryParse([NotNullWhen(true)] string? name, out Durability durability)
    {
        durability = name switch
        {
            "memory" => Durability.Memory,
            "durable" => Durability.Durable,
            _ => Durability.None,
        };
        return name is "none" or "memory" or "durable";
    }

    public static bool TryParse([NotNullWhen(true)] string? name, out SlowReaderPolicy policy)
    {
        policy = name switch
        {
            "latest" => SlowReaderPolicy.Latest,
            "drop" => SlowReaderPolicy.Drop,
            "close" => SlowReaderPolicy.Close,
            _ => SlowReaderPolicy.CatchUp,
        };
        return name is "catchup" or "latest" or "drop" or "close";
    }

    /// <summary>
    /// The code that a name stands for. A newer server may name one that is unknown here; what a client does about it
    /// depends on whether it may try again, so the nearest code that says the same of that is taken.
    /// </summary>
    public static RealtimeErrorCode ErrorCodeOf(string name, bool isRetryable)
    {
        if (RealtimeErrorCodes.TryParse(name, out var code))
        {
            return code;
        }

        return isRetryable ? RealtimeErrorCode.Unavailable : RealtimeErrorCode.Internal;
    }
}
