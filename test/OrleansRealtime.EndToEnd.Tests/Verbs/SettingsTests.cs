using OrleansRealtime.Server.Verbs;

namespace OrleansRealtime.EndToEnd.Tests.Verbs;

public class SettingsTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("--urls http://localhost:8080", null)]
    [InlineData("--urls=http://localhost:8080 --environment Production", null)]
    [InlineData("--Realtime:Drain:Window=00:00:05 --Logging:LogLevel:Default Debug", null)]
    [InlineData("chek-config", "chek-config")]
    [InlineData("--urls http://localhost:8080 serve", "serve")]
    [InlineData("--usr alice", "--usr")]
    [InlineData("--minuts=5", "--minuts=5")]
    [InlineData("-u=alice", "-u=alice")]
    public void FindStranger_FindsWhatIsNoSetting(string arguments, string? expected) =>
        Assert.Equal(expected, Settings.FindStranger(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
