namespace OrleansRealtime.Testing.Sessions;

/// <summary>One step of a recorded session. Immutable.</summary>
/// <param name="Line">The line in the file, from 1.</param>
public abstract record SessionStep(int Line);

/// <summary><c>@connect [name] [subprotocol]</c>: a client opens a WebSocket.</summary>
/// <param name="Line">The line.</param>
/// <param name="Client">Its name in the session.</param>
/// <param name="Subprotocol">What it offers; empty for nothing.</param>
public sealed record ConnectStep(int Line, string Client, string Subprotocol) : SessionStep(Line);

/// <summary><c>@cut [name]</c>: the link of a client is cut without a word.</summary>
/// <param name="Line">The line.</param>
/// <param name="Client">Whose.</param>
public sealed record CutStep(int Line, string Client) : SessionStep(Line);

/// <summary><c>@closed [name] code</c>: the server closes.</summary>
/// <param name="Line">The line.</param>
/// <param name="Client">Whose connection.</param>
/// <param name="Code">With which close code.</param>
public sealed record ClosedStep(int Line, string Client, int Code) : SessionStep(Line);

/// <summary><c>[name]&gt; text</c>: a client sends.</summary>
/// <param name="Line">The line.</param>
/// <param name="Client">Which.</param>
/// <param name="Text">What, with placeholders.</param>
public sealed record SendStep(int Line, string Client, string Text) : SessionStep(Line);

/// <summary>
/// <c>[name]&lt; text</c>: the server sends. Adjacent <c>[name]&lt;~ text</c> lines are one step: they come in any order.
/// </summary>
/// <param name="Line">The first line.</param>
/// <param name="Client">To whom.</param>
/// <param name="Frames">What, with placeholders.</param>
public sealed record ReceiveStep(int Line, string Client, IReadOnlyList<string> Frames) : SessionStep(Line)
{
    /// <inheritdoc/>
    public bool Equals(ReceiveStep? other) =>
        other is not null && Line == other.Line && Client == other.Client && Frames.SequenceEqual(other.Frames);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Line, Client, Frames.Count);
}

/// <summary>
/// <c>@http METHOD path [credential]</c>, at the next line optionally <c>&gt; body</c>, then <c>&lt; status [body]</c>.
/// </summary>
/// <param name="Line">The line.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query, with placeholders.</param>
/// <param name="Credential">A placeholder for a token (<c>&lt;token:alice&gt;</c>) or key (<c>&lt;key:backend&gt;</c>); empty for none.</param>
/// <param name="Body">The body, with placeholders, or null.</param>
/// <param name="Status">The status expected.</param>
/// <param name="Answer">The body expected, or null for any.</param>
public sealed record HttpStep(
    int Line, string Method, string Path, string Credential, string? Body, int Status, string? Answer) : SessionStep(Line);

/// <summary>
/// <c>@events name path [credential] [last-event-id]</c>: a client opens a stream of server-sent events. Each event arrives as
/// a <see cref="ReceiveStep"/> with its data; the last event id is bound to <c>&lt;lastEventId:name&gt;</c> when it is cut.
/// </summary>
/// <param name="Line">The line.</param>
/// <param name="Client">Its name in the session.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Credential">A placeholder for a token; empty for none.</param>
/// <param name="LastEventId">A placeholder for the last event id; empty for none.</param>
public sealed record EventsStep(int Line, string Client, string Path, string Credential, string LastEventId)
    : SessionStep(Line);
