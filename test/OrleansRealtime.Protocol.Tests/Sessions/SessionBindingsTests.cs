using OrleansRealtime.Testing.Sessions;

namespace OrleansRealtime.Protocol.Tests.Sessions;

public class SessionBindingsTests
{
    private readonly SessionBindings _bindings = new(static name => $"[{name}]");

    [Theory]
    [InlineData("""{"a":1,"b":[true,null,"x"]}""", """{"b":[true,null,"x"],"a":1}""")]
    [InlineData("""{"a":"<any>"}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a":"<any>"}""", """{"a":null}""")]
    [InlineData("""{"a":"<any:x>","b":"<any:x>"}""", """{"a":5,"b":5}""")]
    [InlineData("5", "5")]
    public void Compare_SameValue_Matches(string expected, string actual) => Assert.Null(_bindings.Compare(expected, actual));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""", "$.a: expected 1, but was 2")]
    [InlineData("""{"a":1}""", """{}""", "$.a: is missing")]
    [InlineData("""{}""", """{"a":1}""", "$.a: is not in the session")]
    [InlineData("""{"a":"<any>"}""", """{}""", "$.a: is missing")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,3]}""", "$.a[1]: expected 2, but was 3")]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", "$.a: expected [1], but was [1,2]")]
    [InlineData("""{"a":"<any:x>","b":"<any:x>"}""", """{"a":5,"b":6}""", "$.b: expected the same as before for 'x', 5, but was 6")]
    [InlineData("""{}""", """nonsense""", "is not JSON")]
    public void Compare_OtherValue_SaysWhereAndHow(string expected, string actual, string difference) =>
        Assert.Equal(difference, _bindings.Compare(expected, actual));

    [Fact]
    public void Fill_BoundValue_IsPutInAsItWas()
    {
        Assert.Null(_bindings.Compare("""{"a":"<any:epoch>","b":"<any:seq>"}""", """{"a":"e1","b":7}"""));

        Assert.Equal("""{"epoch":"e1","seq":7}""", _bindings.Fill("""{"epoch":"<any:epoch>","seq":"<any:seq>"}"""));
        Assert.Equal("/v1/history?epoch=e1&seq=7", _bindings.Fill("/v1/history?epoch=<epoch>&seq=<seq>"));
    }

    [Fact]
    public void Fill_GivenName_IsAskedFor() =>
        Assert.Equal("""{"token":"[token:alice:expired]"}""", _bindings.Fill("""{"token":"<token:alice:expired>"}"""));

    [Fact]
    public void Fill_NothingBound_Fails() =>
        Assert.Throws<InvalidOperationException>(() => _bindings.Fill("""{"epoch":"<any:epoch>"}"""));

    [Fact]
    public void Compare_Mismatch_BindsNothing()
    {
        Assert.NotNull(_bindings.Compare("""{"a":"<any:x>","b":1}""", """{"a":5,"b":2}"""));
        Assert.Null(_bindings.Compare("""{"a":"<any:x>"}""", """{"a":6}"""));
    }
}
