using System.Globalization;
using System.Text.Json.Nodes;

namespace OrleansRealtime.Client.Tests.Scenarios;

/// <summary>Runs the steps of one scenario, as <c>test/Scenarios/README.md</c> says.</summary>
internal sealed class ScenarioRunner(ScenarioWorld world)
{
    private readonly JsonMatch _match = new();
    private long _openedAt;

    public async Task RunAsync(IEnumerable<JsonObject> steps)
    {
        foreach (var step in steps)
        {
            await RunAsync(step);
        }

        world.AssertNothingLeft();
    }

    private Task RunAsync(JsonObject step)
    {
        var name = step["do"]!.GetValue<string>();
        return name switch
        {
            "app.connect" => Do(() => Forget(world.Client.ConnectAsync())),
            "app.close" => Do(() => Forget(world.Client.CloseAsync())),
            "app.subscribe" => Do(() => world.Subscribe(Text(step, "channel"))),
            "app.publish" => Do(() => Publish(step)),
            "app.published" => PublishedAsync(step),
            "app.refused" => RefusedAsync(step),
            "app.state" => StateAsync(step),
            "app.hears" => HearsAsync(step),
            "app.told" => ToldAsync(step),
            "client.asksToken" => AsksTokenAsync(step),
            "client.opens" => OpensAsync(step),
            "client.sends" => SendsAsync(step),
            "client.closes" => NextAsync("client.closes", step),
            "client.waits" => WaitsAsync(step),
            "client.rests" => RestsAsync(),
            "server.sends" => world.Connection!.SendTextAsync(_match.Fill(step["message"])!.ToJsonString()),
            "server.ends" => world.Connection!.EndAsync(step["code"]!.GetValue<int>()),
            _ => throw new InvalidOperationException($"No such step: {name}"),
        };
    }

    private void Publish(JsonObject step) => world.Publishes[Text(step, "mid")] = world.Client.PublishAsync(
        ChannelName.Parse(Text(step, "channel")), Payload.Json(step["data"]!.ToJsonString()), messageId: Text(step, "mid"));

    private async Task PublishedAsync(JsonObject step)
    {
        var ack = await world.Publishes[Text(step, "mid")].WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((step["seq"]!.GetValue<long>(), step["duplicate"]!.GetValue<bool>()), (ack.Position.Sequence, ack.Duplicate));
    }

    private async Task RefusedAsync(JsonObject step)
    {
        var failure = await Assert.ThrowsAsync<RealtimeException>(() => world.Publishes[Text(step, "mid")].WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(Text(step, "code"), failure.Error.Code.ToWireName());
    }

    private async Task StateAsync(JsonObject step)
    {
        var seen = await world.States.NextAsync(step.ToJsonString());
        var code = step["code"] is { } number ? " " + number.GetValue<int>().ToString(CultureInfo.InvariantCulture) : "";
        Assert.Equal(Text(step, "state") + code, seen.Text);
    }

    private async Task HearsAsync(JsonObject step)
    {
        var seen = await world.Heard[Text(step, "channel")].NextAsync(step.ToJsonString());
        Assert.Equal($"{step["seq"]!.GetValue<long>()} {step["data"]!.ToJsonString()}", seen.Text);
    }

    private async Task ToldAsync(JsonObject step)
    {
        var notice = (await world.Told[Text(step, "channel")].NextAsync(step.ToJsonString())).Notice;
        JsonObject told = notice switch
        {
            SubscribedNotice it => new() { ["event"] = "subscribed", ["recovered"] = it.Recovered },
            GapNotice it => new() { ["event"] = "gap", ["from"] = it.From, ["to"] = it.To, ["reason"] = it.Reason },
            ResetNotice it => new() { ["event"] = "reset", ["epoch"] = it.Position.Epoch.Value, ["seq"] = it.Position.Sequence },
            UnsubscribedNotice it => new() { ["event"] = "unsubscribed", ["code"] = it.Error.Code.ToWireName() },
            _ => [],
        };
        foreach (var (field, value) in step.Where(static pair => pair.Key is not ("do" or "channel")))
        {
            Assert.Equal(value?.ToJsonString(), told[field]?.ToJsonString());
        }
    }

    private async Task AsksTokenAsync(JsonObject step)
    {
        await NextAsync("client.asksToken", step);
        world.AnswerToken(step["token"]?.GetValue<string>());
    }

    private async Task OpensAsync(JsonObject step)
    {
        var attempt = (await NextAsync("client.opens", step)).Attempt!;
        Assert.StartsWith("GET /v1/ws ", attempt.RequestLine, StringComparison.Ordinal);
        _openedAt = world.Clock.LastArming;
        if (step["refused"]?.GetValue<bool>() == true)
        {
            attempt.Break();
        }
        else
        {
            world.Watch(await attempt.AcceptAsync());
        }
    }

    private async Task SendsAsync(JsonObject step)
    {
        var seen = await NextAsync("client.sends", step);
        Assert.True(_match.Matches(step["message"], seen.Message), $"Expected {step["message"]!.ToJsonString()}, sent was {seen.Message!.ToJsonString()}");
    }

    // Timers of before the client last opened a connection are those of the attempt itself.
    private async Task WaitsAsync(JsonObject step)
    {
        var wait = TimeSpan.FromMilliseconds(step["ms"]!.GetValue<int>());
        await ArmedAsync(wait, step);
        foreach (var meanwhile in step["meanwhile"]?.AsArray() ?? [])
        {
            await RunAsync(meanwhile!.AsObject());
        }

        await ArmedAsync(wait, step);
        world.Clock.Advance(wait);
    }

    private async Task ArmedAsync(TimeSpan wait, JsonObject step)
    {
        try
        {
            await world.Clock.WhenArmedFor(wait, _openedAt).WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The client does not wait: {step.ToJsonString()}");
        }
    }

    private Task RestsAsync()
    {
        world.AssertNothingLeft();
        Assert.True(world.Client.State == ClientState.Connected || world.Clock.ArmedTimers == 0, "A closed client holds a timer.");
        return Task.CompletedTask;
    }

    private async Task<Seen> NextAsync(string what, JsonObject step)
    {
        var seen = await world.Outside.NextAsync(step.ToJsonString());
        Assert.True(what == seen.What, $"Expected {step.ToJsonString()}, seen was {seen}");
        return seen;
    }

    private static string Text(JsonObject step, string field) => step[field]!.GetValue<string>();

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    // Outcomes are seen by the state; a task that fails because the client was closed is no one's.
    private static void Forget(Task task) => task.ContinueWith(
        static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
