using System.Collections.Immutable;

namespace OrleansRealtime.Core.Presence;

/// <summary>What somebody has to be told of who came and went, so that it knows who is present now. Immutable.</summary>
/// <param name="Joined">Who is present, and was not known to be.</param>
/// <param name="Left">Who was known to be present, and is not.</param>
public sealed record PresenceDiff(ImmutableArray<Member> Joined, ImmutableArray<Member> Left)
{
    /// <summary>Compares what was told with a list of those present. Pure.</summary>
    /// <param name="told">Who was said to be present.</param>
    /// <param name="present">Who was present when the list was made; each user once.</param>
    /// <param name="isTruncated">Whether more were present than the list holds: then nobody is taken to have left.</param>
    /// <param name="changed">Users of whom something was told since the list was asked for; that is newer, so they are left as they are.</param>
    public static PresenceDiff Between(
        IReadOnlyDictionary<UserId, Member> told,
        ImmutableArray<Member> present,
        bool isTruncated,
        IReadOnlySet<UserId> changed)
    {
        var joined = ImmutableArray.CreateBuilder<Member>();
        var listed = new HashSet<UserId>(present.Length);
        foreach (var member in present)
        {
            listed.Add(member.User);
            if (!told.ContainsKey(member.User) && !changed.Contains(member.User))
            {
                joined.Add(member);
            }
        }

        var left = ImmutableArray.CreateBuilder<Member>();
        foreach (var (user, member) in told)
        {
            if (!isTruncated && !listed.Contains(user) && !changed.Contains(user))
            {
                left.Add(member);
            }
        }

        return new PresenceDiff(joined.DrainToImmutable(), left.DrainToImmutable());
    }
}
