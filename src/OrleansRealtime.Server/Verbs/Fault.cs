namespace OrleansRealtime.Server.Verbs;

/// <summary>Tells whoever started the program, in one line, why it ends: a broken file, a folder, a port. Pure.</summary>
internal static class Fault
{
    /// <summary>Whether it comes from the machine or its files, so that a stack trace would only hide the message.</summary>
    public static bool IsOfSurroundings(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException;

    /// <summary>The messages of an exception and of what caused it, each once.</summary>
    public static string Describe(Exception exception)
    {
        var text = exception.Message.TrimEnd('.');
        for (var cause = exception.InnerException; cause is not null; cause = cause.InnerException)
        {
            var message = cause.Message.TrimEnd('.');
            if (!text.Contains(message, StringComparison.OrdinalIgnoreCase))
            {
                text = $"{text}: {message}";
            }
        }

        return text + ".";
    }
}
