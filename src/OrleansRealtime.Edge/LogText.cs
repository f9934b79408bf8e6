namespace OrleansRealtime.Edge;

/// <summary>Text of a peer on its way into the log.</summary>
internal static class LogText
{
    /// <summary>The text with anything that could end or hide a line of the log replaced.</summary>
    public static string Of(string text) =>
        text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0
            ? text
            : string.Create(text.Length, text, static (line, source) =>
            {
                for (var i = 0; i < line.Length; i++)
                {
                    line[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '?' : source[i];
                }
            });
}
