using FsCheck;
using FsCheck.Fluent;

namespace OrleansRealtime.Core.Tests.Users;

public sealed class UserMachineProperties
{
    [Fact]
    public void AnyHistory_LeavesExactlyTheConnectionsThatMayBeThere()
    {
        var step =
            from kind in Gen.Choose(0, UserHistory.Kinds - 1)
            from a in Gen.Choose(0, 30)
            from b in Gen.Choose(0, 30)
            select new UserStep(kind, a, b);
        var histories = Arb.From(step.ArrayOf(), Shorter);

        Prop.ForAll(histories, static steps =>
        {
            new UserHistory().Run(steps);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    // Fewer steps first; the steps themselves are small already.
    private static IEnumerable<UserStep[]> Shorter(UserStep[] steps) =>
        Enumerable.Range(0, steps.Length).Select(without => steps.Where((_, index) => index != without).ToArray());
}
