using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.EndToEnd.Tests.Configuration;

public class NearestWordTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("KITTEN", "SITTING", 3)]
    [InlineData("AGE", "AGE", 0)]
    [InlineData("CUONT", "COUNT", 2)]
    public void Distance_CountsEdits(string from, string to, int edits)
    {
        Assert.Equal(edits, NearestWord.Distance(from, to));
    }

    [Fact]
    public void Find_NoWords_FindsNone()
    {
        Assert.Null(NearestWord.Find("anything", []));
    }
}
