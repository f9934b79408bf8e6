using System.Collections.Immutable;
using OrleansRealtime.Core.Presence;

namespace OrleansRealtime.Core.Tests.Presence;

public sealed class PresenceDiffTests
{
    [Theory]
    [InlineData("", "", "", "", "")]
    [InlineData("", "ann bob", "", "ann bob", "")]
    [InlineData("ann bob", "", "", "", "ann bob")]
    [InlineData("ann bob", "bob ann", "", "", "")]
    [InlineData("ann bob", "bob cat", "", "cat", "ann")]
    [InlineData("ann bob", "bob cat", "cat", "", "ann")]
    [InlineData("ann bob", "bob cat", "ann", "cat", "")]
    [InlineData("ann bob", "cat", "ann bob cat", "", "")]
    public void Between_WhatWasToldAndAWholeList_IsWhatIsLacking(
        string told, string present, string changed, string joined, string left)
    {
        var diff = Diff(told, present, isTruncated: false, changed);

        Assert.Equal((joined, left), (Names(diff.Joined), Names(diff.Left)));
    }

    [Theory]
    [InlineData("ann bob", "bob cat", "", "cat")]
    [InlineData("ann bob", "", "", "")]
    [InlineData("ann", "bob cat", "cat", "bob")]
    public void Between_WhatWasToldAndATruncatedList_TakesNobodyToHaveLeft(
        string told, string present, string changed, string joined)
    {
        var diff = Diff(told, present, isTruncated: true, changed);

        Assert.Equal((joined, ""), (Names(diff.Joined), Names(diff.Left)));
    }

    [Fact]
    public void Between_TellsWithWhatIsKnownOfEach()
    {
        var gone = new Member(UserId.Parse("ann"), Payload.Json("1"));
        var come = new Member(UserId.Parse("bob"), Payload.Json("2"));

        var diff = PresenceDiff.Between(
            new Dictionary<UserId, Member> { [gone.User] = gone }, [come], isTruncated: false, new HashSet<UserId>());

        Assert.Equal((come, gone), (Assert.Single(diff.Joined), Assert.Single(diff.Left)));
    }

    private static PresenceDiff Diff(string told, string present, bool isTruncated, string changed) => PresenceDiff.Between(
        Members(told).ToDictionary(static member => member.User),
        Members(present),
        isTruncated,
        Members(changed).Select(static member => member.User).ToHashSet());

    private static ImmutableArray<Member> Members(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => new Member(UserId.Parse(name), default))];

    private static string Names(ImmutableArray<Member> members) =>
        string.Join(' ', members.Select(static member => member.User.Value).Order(StringComparer.Ordinal));
}
