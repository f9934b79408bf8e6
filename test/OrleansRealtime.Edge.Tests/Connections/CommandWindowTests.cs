using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.Tests.Connections;

public sealed class CommandWindowTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Enter_OfAFullWindow_WaitsUntilOneLeaves()
    {
        var window = new CommandWindow();
        for (var i = 0; i < CommandWindow.Size; i++)
        {
            Assert.True(window.EnterAsync().AsTask().IsCompletedSuccessfully);
        }

        var waiting = window.EnterAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        window.Exit();

        await waiting.WaitAsync(Patience);
        Assert.Equal(CommandWindow.Size, window.Count);
    }

    [Fact]
    public async Task Enter_WhileOthersLeaveAtTheSameTime_NeverWaitsForEver()
    {
        const int Rounds = 20_000;
        var window = new CommandWindow();
        using var inside = new SemaphoreSlim(0);
        var leaver = Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await inside.WaitAsync();
                window.Exit();
            }
        });

        for (var i = 0; i < Rounds; i++)
        {
            await window.EnterAsync().AsTask().WaitAsync(Patience);
            Assert.InRange(window.Count, 0, CommandWindow.Size);
            inside.Release();
        }

        await leaver.WaitAsync(Patience);
        Assert.Equal(0, window.Count);
    }
}
