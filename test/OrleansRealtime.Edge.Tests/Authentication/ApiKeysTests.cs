using System.Security.Cryptography;
using System.Text;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Tests.Authentication;

public sealed class ApiKeysTests
{
    [Fact]
    public void Key_Configured_IsFoundByItsHash()
    {
        var keys = new ApiKeys([Option("first", "key one"), Option("second", "key two")]);
        Assert.True(keys.TryFind("key one", out var name));
        Assert.Equal("first", name);
        Assert.True(keys.TryFind("key two", out name));
        Assert.Equal("second", name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("key three")]
    [InlineData("KEY ONE")]
    public void Key_Other_IsNotFound(string key) =>
        Assert.False(new ApiKeys([Option("first", "key one")]).TryFind(key, out _));

    [Theory]
    [InlineData("")]
    [InlineData("abcd")]
    [InlineData("zz")]
    public void Hash_ThatIsNone_IsRefused(string hash) =>
        Assert.Throws<InvalidOperationException>(() => new ApiKeys([new ApiKeyOptions { Name = "x", Sha256 = hash }]));

    private static ApiKeyOptions Option(string name, string key) =>
        new() { Name = name, Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))) };
}
