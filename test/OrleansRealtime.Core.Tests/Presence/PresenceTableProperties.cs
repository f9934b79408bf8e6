using FsCheck;
using FsCheck.Fluent;
using OrleansRealtime.Core.Presence;

namespace OrleansRealtime.Core.Tests.Presence;

/// <summary>Random comings and goings against a model: who is on which edge, and since when nowhere.</summary>
public sealed class PresenceTableProperties
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Roster_AnyOperations_IsWhoIsOnAnEdgeOrWithinTheGraceAndIsToldSo() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(100),
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), RosterHolds));

    private static void RosterHolds(int[] operations)
    {
        var table = new PresenceTable(Grace);
        var model = new Model();
        var told = new HashSet<string>();
        foreach (var operation in operations.Select(static o => (int)((uint)o % 60)))
        {
            var (edge, user) = (operation % 3, $"u{operation / 3 % 4}");
            var id = new EdgeId($"e{edge}");
            switch (operation / 12)
            {
                case 0:
                    Tell(told, table.Join(id, [Member(user)]));
                    model.Set(edge, [.. model.On(edge), user]);
                    break;
                case 1:
                    table.Leave(id, [UserId.Parse(user)], model.Now);
                    model.Set(edge, model.On(edge).Where(u => u != user));
                    break;
                case 2:
                    Tell(told, table.Replace(id, [Member(user), Member("u0")], model.Now));
                    model.Set(edge, [user, "u0"]);
                    break;
                case 3:
                    table.RemoveEdge(id, model.Now);
                    model.Set(edge, []);
                    break;
                default:
                    model.Now += TimeSpan.FromSeconds(operation % 12 / 2.0);
                    foreach (var left in table.EndGraces(model.Now))
                    {
                        Assert.True(told.Remove(left.User.Value), $"{left.User} left, but was not there");
                    }

                    break;
            }

            var present = model.Present().Order().ToList();
            if (operation / 12 == 4)
            {
                Assert.Equal(present, told.Order());
            }

            // Between two sweeps some may be listed whose grace has just ended, but nobody is missing.
            Assert.Subset(table.List(100).Select(static m => m.User.Value).ToHashSet(), present.ToHashSet());
            Assert.Equal(told.Order(), table.List(100).Select(static m => m.User.Value).Order());
            Assert.Equal(told.Count, table.Count);
        }
    }

    private static void Tell(HashSet<string> told, IEnumerable<Member> joined)
    {
        foreach (var member in joined)
        {
            Assert.True(told.Add(member.User.Value), $"{member.User} joined twice");
        }
    }

    private static Member Member(string user) => new(UserId.Parse(user), default);

    private sealed class Model
    {
        private readonly Dictionary<int, HashSet<string>> _edges = [];
        private readonly Dictionary<string, DateTimeOffset> _goneSince = [];

        public DateTimeOffset Now { get; set; } = Start;

        public HashSet<string> On(int edge) => _edges.GetValueOrDefault(edge, []);

        public void Set(int edge, IEnumerable<string> users)
        {
            var before = _edges.Values.SelectMany(static u => u).ToHashSet();
            _edges[edge] = [.. users];
            var after = _edges.Values.SelectMany(static u => u).ToHashSet();
            foreach (var gone in before.Except(after))
            {
                _goneSince[gone] = Now;
            }

            foreach (var here in after)
            {
                _goneSince.Remove(here);
            }
        }

        public IEnumerable<string> Present() => _edges.Values.SelectMany(static u => u)
            .Concat(_goneSince.Where(gone => Now - gone.Value < Grace).Select(static gone => gone.Key))
            .Distinct();
    }
}
