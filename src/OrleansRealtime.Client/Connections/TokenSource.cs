namespace OrleansRealtime.Client.Connections;

/// <summary>The token of now: kept while it is good, asked for when it is not. One caller at a time.</summary>
internal sealed class TokenSource(Func<CancellationToken, ValueTask<string?>>? provider, TimeProvider time)
{
    // A token that ends this soon would be refused or refreshed right after the connection stands.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private string? _token;
    private bool _isGood;
    private TimeSpan? _lifetime;
    private long _countedFrom;

    public bool HasProvider => provider is not null;

    /// <summary>The token to connect with.</summary>
    public ValueTask<string?> GetAsync(CancellationToken cancellationToken)
    {
        var endsSoon = _lifetime is { } lifetime && lifetime - time.GetElapsedTime(_countedFrom) < Margin;
        return _isGood && !endsSoon ? new ValueTask<string?>(_token) : AskAsync(cancellationToken);
    }

    /// <summary>A new token, whatever the old one is still good for.</summary>
    public async ValueTask<string?> AskAsync(CancellationToken cancellationToken)
    {
        _token = provider is null ? null : await provider(cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        _isGood = true;
        _lifetime = null;
        return _token;
    }

    /// <summary>The server said how long the token is good from now on; null for ever.</summary>
    public void OnAccepted(TimeSpan? lifetime)
    {
        _lifetime = lifetime;
        _countedFrom = time.GetTimestamp();
    }

    /// <summary>The server refused the token.</summary>
    public void OnRefused() => _isGood = false;
}
