using Xunit.Sdk;

namespace OrleansRealtime.Testing.Sessions;

/// <summary>Replays a session against a server and fails with the line where the two part.</summary>
public sealed class SessionRunner
{
    private readonly SessionScript _script;
    private readonly ISessionHost _host;
    private readonly SessionBindings _bindings;
    private readonly Dictionary<string, ISessionLink> _links = [];

    private SessionRunner(SessionScript script, ISessionHost host)
    {
        _script = script;
        _host = host;
        _bindings = new SessionBindings(host.Given);
    }

    /// <summary>Replays <paramref name="script"/>, and cuts what is still connected at its end.</summary>
    public static async Task RunAsync(SessionScript script, ISessionHost host, CancellationToken cancellationToken)
    {
        var runner = new SessionRunner(script, host);
        try
        {
            foreach (var step in script.Steps)
            {
                await runner.RunStepAsync(step, cancellationToken);
            }
        }
        finally
        {
            foreach (var link in runner._links.Values)
            {
                await link.CutAsync();
            }
        }
    }

    private async Task RunStepAsync(SessionStep step, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(step, cancellationToken);
        }
        catch (Exception failure) when (failure is not XunitException)
        {
            throw new XunitException($"{_script.Name}, line {step.Line} ({_script.Title}): {failure.Message}", failure);
        }
    }

    private Task RunAsync(SessionStep step, CancellationToken cancellationToken) => step switch
    {
        ConnectStep connect => OpenAsync(connect.Client, _host.ConnectAsync(connect.Subprotocol, cancellationToken)),
        EventsStep events => OpenAsync(
            events.Client,
            _host.OpenEventsAsync(
                _bindings.Fill(events.Path), _bindings.Fill(events.Credential), _bindings.Fill(events.LastEventId),
                cancellationToken)),
        SendStep send => _links[send.Client].SendAsync(_bindings.Fill(send.Text), cancellationToken),
        ReceiveStep receive => ReceiveAsync(receive, cancellationToken),
        CutStep cut => CutAsync(cut),
        ClosedStep closed => AwaitCloseAsync(closed, cancellationToken),
        HttpStep http => SendHttpAsync(http, cancellationToken),
        _ => throw new InvalidOperationException($"No one runs {step.GetType().Name}."),
    };

    private async Task OpenAsync(string client, Task<ISessionLink> opening) => _links[client] = await opening;

    private async Task CutAsync(CutStep step)
    {
        _links.Remove(step.Client, out var link);
        _bindings.Bind("lastEventId:" + step.Client, link!.LastEventId);
        await link.CutAsync();
    }

    private async Task ReceiveAsync(ReceiveStep step, CancellationToken cancellationToken)
    {
        var expected = step.Frames.ToList();
        while (expected.Count > 0)
        {
            var actual = await _links[step.Client].ReceiveAsync(cancellationToken);
            var differences = expected.ConvertAll(frame => _bindings.Compare(frame, actual));
            var match = differences.IndexOf(null);
            if (match < 0)
            {
                Fail(step, string.Join("; or ", differences), actual);
            }

            expected.RemoveAt(match);
        }
    }

    private async Task AwaitCloseAsync(ClosedStep step, CancellationToken cancellationToken)
    {
        _links.Remove(step.Client, out var link);
        var code = await link!.ReceiveCloseAsync(cancellationToken);
        if (code != step.Code)
        {
            Fail(step, $"expected close code {step.Code}", $"close code {code}");
        }
    }

    private async Task SendHttpAsync(HttpStep step, CancellationToken cancellationToken)
    {
        var (status, body) = await _host.SendAsync(
            step.Method,
            _bindings.Fill(step.Path),
            _bindings.Fill(step.Credential),
            step.Credential.StartsWith("<key:", StringComparison.Ordinal),
            step.Body is null ? null : _bindings.Fill(step.Body),
            cancellationToken);
        var difference = status != step.Status
            ? $"expected status {step.Status}, but was {status}"
            : step.Answer is null ? null : _bindings.Compare(step.Answer, body);
        if (difference is not null)
        {
            Fail(step, difference, body);
        }
    }

    private void Fail(SessionStep step, string difference, string actual) =>
        throw new XunitException(
            $"{_script.Name}, line {step.Line} ({_script.Title}): {difference}.{Environment.NewLine}The server sent: {actual}");
}
