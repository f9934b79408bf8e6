namespace OrleansRealtime.Samples.OrleansGame;

/// <summary>The rules: players run until they hit a wall, and who first has ten coins wins. Knows nothing of grains and channels.</summary>
internal sealed class Arena(Random random)
{
    public const int Width = 16;
    public const int Height = 12;
    public const int CoinsToWin = 10;
    private const int CoinCount = 4;

    private readonly Dictionary<string, Piece> _pieces = [];
    private readonly Dictionary<string, (int X, int Y)> _directions = [];
    private readonly HashSet<string> _changed = [];

    public IReadOnlyDictionary<string, Piece> Pieces => _pieces;

    /// <summary>Everybody in the arena.</summary>
    public IEnumerable<string> Players => _pieces.Where(static piece => piece.Value.Coins is not null).Select(static piece => piece.Key);

    /// <summary>What changed since the changes were last sent; null for what is gone.</summary>
    public IEnumerable<(string Name, Piece? Piece)> Changes =>
        _changed.Select(name => (name, _pieces.GetValueOrDefault(name)));

    /// <summary>Takes over what was there before this arena was brought up.</summary>
    public void Restore(string name, Piece piece) => _pieces[name] = piece;

    /// <summary>The changes are sent.</summary>
    public void Forget() => _changed.Clear();

    public void Join(string player)
    {
        if (!_pieces.ContainsKey(player))
        {
            Set(player, Somewhere() with { Coins = 0 });
        }

        for (var i = 1; i <= CoinCount; i++)
        {
            if (!_pieces.ContainsKey($"coin {i}"))
            {
                Set($"coin {i}", Somewhere());
            }
        }
    }

    public void Leave(string player)
    {
        _directions.Remove(player);
        if (_pieces.Remove(player))
        {
            _changed.Add(player);
        }
    }

    /// <summary>Where a player runs from now on; false when that is no direction.</summary>
    public bool TryTurn(string player, string? direction)
    {
        (int X, int Y)? step = direction switch
        {
            "left" => (-1, 0),
            "right" => (1, 0),
            "up" => (0, -1),
            "down" => (0, 1),
            _ => null,
        };
        if (step is { } known && _pieces.ContainsKey(player))
        {
            _directions[player] = known;
        }

        return step is not null;
    }

    /// <summary>Everybody runs one step; returns who has won by it, or null.</summary>
    public string? Tick()
    {
        string? winner = null;
        foreach (var (player, (x, y)) in _directions)
        {
            var piece = _pieces[player];
            var moved = piece with { X = Math.Clamp(piece.X + x, 0, Width - 1), Y = Math.Clamp(piece.Y + y, 0, Height - 1) };
            if (moved == piece)
            {
                continue;
            }

            if (CoinAt(moved) is { } coin)
            {
                Set(coin, Somewhere());
                moved = moved with { Coins = moved.Coins + 1 };
            }

            Set(player, moved);
            winner ??= moved.Coins >= CoinsToWin ? player : null;
        }

        if (winner is not null)
        {
            foreach (var player in Players.ToList())
            {
                Set(player, _pieces[player] with { Coins = 0 });
            }
        }

        return winner;
    }

    private string? CoinAt(Piece place) => _pieces
        .Where(piece => piece.Value.Coins is null && piece.Value.X == place.X && piece.Value.Y == place.Y)
        .Select(static piece => piece.Key)
        .FirstOrDefault();

    private Piece Somewhere() => new(random.Next(Width), random.Next(Height), null);

    private void Set(string name, Piece piece)
    {
        _pieces[name] = piece;
        _changed.Add(name);
    }
}
