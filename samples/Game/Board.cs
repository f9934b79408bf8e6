using System.Collections.Immutable;

namespace OrleansRealtime.Samples.Game;

/// <summary>A seat at the board.</summary>
/// <param name="User">Who sits there.</param>
/// <param name="LastMove">When they moved last, in Unix milliseconds.</param>
internal sealed record Seat(string User, long LastMove);

/// <summary>What happened last.</summary>
/// <param name="Seat">Whose move it was.</param>
/// <param name="Tile">The tile that was free.</param>
/// <param name="Taken">The tiles that were others'.</param>
internal sealed record Move(int Seat, int Tile, ImmutableArray<int> Taken);

/// <summary>The board and its rules. Immutable: a move makes a new one.</summary>
/// <param name="Tiles">Row by row, <c>.</c> for a free tile, otherwise the number of its seat.</param>
/// <param name="Seats">Four, null where nobody sits.</param>
/// <param name="Last">The last move, or null.</param>
internal sealed record Board(string Tiles, ImmutableArray<Seat?> Seats, Move? Last)
{
    private const int Side = 10;
    private const char Free = '.';
    private const long PatienceMs = 60_000;
    private static readonly ImmutableArray<int> Starts = [22, 77, 27, 72];

    private static readonly ImmutableArray<(int X, int Y)> Directions =
        [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];

    public static Board Empty { get; } = new(new string(Free, Side * Side), [null, null, null, null], null);

    /// <summary>Gives a user a seat: their own, a free one, or one whose player has not moved for a minute.</summary>
    public Board? Sit(string user, long now, out string refusal)
    {
        refusal = "All seats are taken. One whose player has not moved for a minute may be taken over.";
        var seat = SeatOf(user);
        seat = seat >= 0 ? seat : Seats.IndexOf(null);
        seat = seat >= 0 ? seat : Seats.IndexOf(Seats.MinBy(static taken => taken!.LastMove));
        if (Seats[seat] is { } other && other.User != user && now - other.LastMove < PatienceMs)
        {
            return null;
        }

        return (this with { Seats = Seats.SetItem(seat, new Seat(user, now)), Last = null }).WithStart(seat);
    }

    /// <summary>Takes a free tile beside one of the user's, and what lies in a straight line between it and another of theirs.</summary>
    public Board? Take(string user, int tile, long now, out string refusal)
    {
        var seat = SeatOf(user);
        refusal = WhyNot(seat, tile) ?? "";
        if (refusal.Length > 0)
        {
            return null;
        }

        var own = DigitOf(seat);
        ImmutableArray<int> taken = [.. Directions.SelectMany(direction => Enclosed(tile, direction, own))];
        var tiles = Tiles.ToCharArray();
        foreach (var index in taken.Add(tile))
        {
            tiles[index] = own;
        }

        return new Board(new string(tiles), Seats.SetItem(seat, new Seat(user, now)), new Move(seat, tile, taken));
    }

    /// <summary>Clears the board when no tile is free any more.</summary>
    public Board? Again(string user, out string refusal)
    {
        refusal = SeatOf(user) < 0 ? "Take a seat first." : "The round is not over: there are free tiles.";
        return SeatOf(user) < 0 || Tiles.Contains(Free)
            ? null
            : Enumerable.Range(0, Seats.Length).Aggregate(Empty with { Seats = Seats }, static (board, seat) => board.WithStart(seat));
    }

    private string? WhyNot(int seat, int tile) =>
        seat < 0 ? "Take a seat first."
        : tile is < 0 or >= Side * Side ? "There is no such tile."
        : Tiles[tile] != Free ? $"{NameOf(tile)} has that tile."
        : !Tiles.Contains(DigitOf(seat)) || Directions.Any(direction => Line(tile, direction).Take(1).Any(next => Tiles[next] == DigitOf(seat))) ? null
        : "That is not beside one of your tiles.";

    private static char DigitOf(int seat) => (char)('0' + seat);

    /// <summary>The tiles from one to the edge, the nearest first.</summary>
    private static IEnumerable<int> Line(int tile, (int X, int Y) direction)
    {
        var (x, y) = ((tile % Side) + direction.X, (tile / Side) + direction.Y);
        for (; x is >= 0 and < Side && y is >= 0 and < Side; x += direction.X, y += direction.Y)
        {
            yield return (y * Side) + x;
        }
    }

    /// <summary>The others' tiles in one direction, if an own one stands behind them.</summary>
    private int[] Enclosed(int tile, (int X, int Y) direction, char own)
    {
        var line = Line(tile, direction).ToList();
        var others = line.TakeWhile(index => Tiles[index] != Free && Tiles[index] != own).ToArray();
        return others.Length < line.Count && Tiles[line[others.Length]] == own ? others : [];
    }

    private int SeatOf(string user) => Enumerable.Range(0, Seats.Length).FirstOrDefault(seat => Seats[seat]?.User == user, -1);

    private string NameOf(int tile) => Seats[Tiles[tile] - '0']?.User ?? "Somebody";

    private Board WithStart(int seat)
    {
        var own = DigitOf(seat);
        return Seats[seat] is null || Tiles.Contains(own) || Tiles[Starts[seat]] != Free
            ? this
            : this with { Tiles = Tiles.Remove(Starts[seat], 1).Insert(Starts[seat], own.ToString()) };
    }
}
