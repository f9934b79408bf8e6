namespace OrleansRealtime.Edge;

/// <summary>Empties a node: tells every client when to come back elsewhere, waits for them to go, and closes those that stay.</summary>
internal sealed class Drain
{
    // How long the last close frames may take after the window.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly EdgeNode _node;

    /// <summary>Creates the drain of a node.</summary>
    public Drain(EdgeNode node) => _node = node;

    /// <summary>Drains; returns when no connection is left, or their time is over.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var window = _node.DrainOptions.Window;
        _node.BeginDrain();
        _node.Log.Draining(_node.Connections.Count, window);
        foreach (var connection in _node.Connections.All)
        {
            // Spread here, so that the clients need not know how many they are.
            connection.Drain(window * Random.Shared.NextDouble(), "this node goes down");
        }

        await WaitForEmptyAsync(window, cancellationToken);
        var left = _node.Connections.Count;
        foreach (var connection in _node.Connections.All)
        {
            connection.Close(CloseReason.Draining);
        }

        await WaitForEmptyAsync(ClosePatience, cancellationToken);
        foreach (var connection in _node.Connections.All)
        {
            connection.Transport.Abort();
        }

        _node.Log.Drained(left);
    }

    private async Task WaitForEmptyAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await _node.Connections.WhenEmptyAsync().WaitAsync(atMost, _node.Clock, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Those that are left had their time.
        }
    }
}
