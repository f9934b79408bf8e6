using System.Buffers;

namespace OrleansRealtime;

/// <summary>The characters that names may consist of.</summary>
internal static class NameCharacters
{
    private const string Channel =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:/@";

    /// <summary>Letters, digits and <c>_ - . : / @</c>.</summary>
    public static SearchValues<char> OfChannels { get; } = SearchValues.Create(Channel);

    /// <summary>As channels, and <c>| + =</c>, which identity providers put into their subjects (<c>auth0|5f7c</c>).</summary>
    public static SearchValues<char> OfUsers { get; } = SearchValues.Create(Channel + "|+=");
}
