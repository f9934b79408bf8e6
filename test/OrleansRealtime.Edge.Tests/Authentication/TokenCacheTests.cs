using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Tests.Authentication;

public sealed class TokenCacheTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly Identity Someone = Identity.Anonymous(Now);

    [Fact]
    public void Cache_BeyondItsCapacity_ForgetsWhatWasNotUsed()
    {
        var cache = new TokenCache();
        Add(cache, "used");
        Add(cache, "unused");
        for (var i = 0; i < TokenCache.Capacity; i++)
        {
            Add(cache, $"other {i}");
            if (i % 100 == 0)
            {
                Assert.NotNull(Find(cache, "used"));
            }
        }

        Assert.NotNull(Find(cache, "used"));
        Assert.Null(Find(cache, "unused"));
    }

    [Fact]
    public void Cache_AfterTheKeysChanged_AnswersNothingOfBefore()
    {
        var cache = new TokenCache();
        cache.Add(TokenCache.TokenHash.Of("token"), keysVersion: 1, Someone, Now.AddHours(1));
        Assert.Same(Someone, cache.Find(TokenCache.TokenHash.Of("token"), keysVersion: 1, Now));
        Assert.Null(cache.Find(TokenCache.TokenHash.Of("token"), keysVersion: 2, Now));
    }

    private static void Add(TokenCache cache, string token) =>
        cache.Add(TokenCache.TokenHash.Of(token), 0, Someone, Now.AddHours(1));

    private static Identity? Find(TokenCache cache, string token) => cache.Find(TokenCache.TokenHash.Of(token), 0, Now);
}
