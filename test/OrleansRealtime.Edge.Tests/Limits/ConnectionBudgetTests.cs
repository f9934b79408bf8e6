using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Limits;

public sealed class ConnectionBudgetTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Commands_BeyondTwoSecondsWorth_AreRefusedUntilThereIsRoom()
    {
        var budget = New(new LimitOptions { CommandsPerSecond = 10, BytesPerSecond = 0 });
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(BudgetOutcome.Taken, budget.Take(1, out TimeSpan _)));

        Assert.Equal(BudgetOutcome.RateLimited, budget.Take(1, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(0.1), retryAfter);
        _clock.Advance(retryAfter);
        Assert.Equal(BudgetOutcome.Taken, budget.Take(1, out _));
    }

    [Fact]
    public void Bytes_OfTheLongestMessage_FitIntoAFullBudget()
    {
        var budget = New(new LimitOptions { CommandsPerSecond = 0, BytesPerSecond = 10 });
        Assert.Equal(BudgetOutcome.Taken, budget.Take(1000, out _));
        Assert.Equal(BudgetOutcome.RateLimited, budget.Take(1, out _));
    }

    [Fact]
    public void Client_ThatGoesOnInSpiteOfRefusals_IsAbusive()
    {
        var budget = New(new LimitOptions { CommandsPerSecond = 10 });
        var outcomes = Enumerable.Range(0, 121).Select(_ => budget.Take(1, out TimeSpan _)).ToArray();
        Assert.Equal(20, outcomes.Count(outcome => outcome == BudgetOutcome.Taken));
        Assert.Equal(100, outcomes.Count(outcome => outcome == BudgetOutcome.RateLimited));
        Assert.Equal(BudgetOutcome.Abusive, outcomes[^1]);
    }

    [Fact]
    public void Strikes_AtTheLimit_AreOneTooMany()
    {
        var budget = New(new LimitOptions { Strikes = 3 });
        Assert.Equal([false, false, true], new[] { budget.Strike(), budget.Strike(), budget.Strike() });
    }

    private ConnectionBudget New(LimitOptions limits) => new(new BudgetTerms(limits, maxMessageBytes: 1000, _clock));
}
