using System.Globalization;

namespace OrleansRealtime.Testing.Sessions;

/// <summary>Reads recorded sessions.</summary>
public static class SessionParser
{
    /// <summary>What a client is called that has no name in the file.</summary>
    public const string DefaultClient = "client";

    /// <summary>Reads a session.</summary>
    /// <exception cref="FormatException">A line is not of the format; the message names it.</exception>
    public static SessionScript Parse(string name, string text)
    {
        var lines = text.Split('\n').Select(static (line, index) => new Line(index + 1, line.TrimEnd())).ToList();
        var title = lines.FirstOrDefault(static line => line.Text.StartsWith('#')).Text;
        if (title is null)
        {
            throw new FormatException($"{name}: the first line must be a comment that says what the session shows.");
        }

        var rest = new Queue<Line>(lines.Where(static line => line.Text.Length > 0 && !line.Text.StartsWith('#')));
        var steps = new List<SessionStep>();
        while (rest.TryDequeue(out var line))
        {
            steps.Add(line.Text[0] == '@' ? ParseDirective(name, line, rest) : ParseMessage(name, line, rest));
        }

        return new SessionScript(name, title.TrimStart('#', ' '), steps);
    }

    private static SessionStep ParseDirective(string name, Line line, Queue<Line> rest)
    {
        var words = line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["@connect"] => new ConnectStep(line.Number, DefaultClient, string.Empty),
            ["@connect", var client] => new ConnectStep(line.Number, client, string.Empty),
            ["@connect", var client, var subprotocol] => new ConnectStep(line.Number, client, subprotocol),
            ["@cut"] => new CutStep(line.Number, DefaultClient),
            ["@cut", var client] => new CutStep(line.Number, client),
            ["@closed", var code] => new ClosedStep(line.Number, DefaultClient, Number(name, line, code)),
            ["@closed", var client, var code] => new ClosedStep(line.Number, client, Number(name, line, code)),
            ["@http", var method, var path] => ParseHttp(name, line, rest, method, path, string.Empty),
            ["@http", var method, var path, var credential] => ParseHttp(name, line, rest, method, path, credential),
            ["@events", var client, var path] => new EventsStep(line.Number, client, path, string.Empty, string.Empty),
            ["@events", var client, var path, var credential] =>
                new EventsStep(line.Number, client, path, credential, string.Empty),
            ["@events", var client, var path, var credential, var lastEventId] =>
                new EventsStep(line.Number, client, path, credential, lastEventId),
            _ => throw Wrong(name, line, "is no directive"),
        };
    }

    private static HttpStep ParseHttp(
        string name, Line line, Queue<Line> rest, string method, string path, string credential)
    {
        string? body = null;
        if (rest.TryPeek(out var next) && next.Text.StartsWith("> ", StringComparison.Ordinal))
        {
            body = rest.Dequeue().Text[2..];
        }

        if (!rest.TryDequeue(out next) || !next.Text.StartsWith("< ", StringComparison.Ordinal))
        {
            throw Wrong(name, line, "needs a line '< status [body]'");
        }

        var answer = next.Text[2..].Split(' ', 2);
        return new HttpStep(
            line.Number, method, path, credential, body, Number(name, next, answer[0]),
            answer.Length > 1 ? answer[1] : null);
    }

    private static SessionStep ParseMessage(string name, Line line, Queue<Line> rest)
    {
        var (client, sign, text) = Split(name, line);
        if (sign == ">")
        {
            return new SendStep(line.Number, client, text);
        }

        var frames = new List<string> { text };
        while (sign == "<~"
            && rest.TryPeek(out var next)
            && TrySplit(next, out var other) && other.Sign == sign && other.Client == client)
        {
            rest.Dequeue();
            frames.Add(other.Text);
        }

        return new ReceiveStep(line.Number, client, frames);
    }

    private static (string Client, string Sign, string Text) Split(string name, Line line) =>
        TrySplit(line, out var parts) ? parts : throw Wrong(name, line, "is neither '> text', '< text' nor a directive");

    private static bool TrySplit(Line line, out (string Client, string Sign, string Text) parts)
    {
        parts = default;
        var space = line.Text.IndexOf(' ', StringComparison.Ordinal);
        var head = space < 0 ? string.Empty : line.Text[..space];
        var sign = head.EndsWith("<~", StringComparison.Ordinal) ? "<~" : head.Length > 0 ? head[^1..] : string.Empty;
        if (sign is not ("<" or "<~" or ">"))
        {
            return false;
        }

        var client = head[..^sign.Length];
        parts = (client.Length == 0 ? DefaultClient : client, sign, line.Text[(space + 1)..]);
        return client.All(char.IsAsciiLetterOrDigit);
    }

    private static int Number(string name, Line line, string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong(name, line, $"needs a number, not '{text}'");

    private static FormatException Wrong(string name, Line line, string what) =>
        new($"{name}, line {line.Number}: '{line.Text}' {what}.");

    private readonly record struct Line(int Number, string Text);
}
