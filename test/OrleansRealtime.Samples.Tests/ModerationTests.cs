using System.Text;
using System.Text.Json;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Samples.Chat;

namespace OrleansRealtime.Samples.Tests;

/// <summary>The chat's behaviour by itself: what a browser cannot bring about, and all wordings.</summary>
public sealed class ModerationTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly Moderation _moderation = new(["mod"]);
    private long _last;

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("  hello ", "hello")]
    [InlineData("DARN it, heck.", "**** it, ****.")]
    [InlineData("heckler", "heckler")]
    public void Message_IsPublishedMasked(string text, string published)
    {
        Assert.Equal(published, Text(Say("ann", text), "text"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Play at my Casino")]
    [InlineData("/slow 5")]
    public void Message_OfAnybody_IsRejected(string text)
    {
        Assert.Equal(RealtimeErrorCode.Forbidden, Say("ann", text).Refusal?.Code);
    }

    [Theory]
    [InlineData("""["text"]""")]
    [InlineData("""{"text":7}""")]
    [InlineData("""{"notice":"mod muted bob","muted":"bob","minutes":10}""")]
    public void Payload_ThatIsNoMessage_IsRejected(string json)
    {
        Assert.NotNull(Publish("ann", Payload.Json(json)).Refusal);
    }

    [Fact]
    public void BinaryPayload_IsRejected()
    {
        Assert.NotNull(Publish("ann", Payload.Binary(new byte[] { 1, 2 })).Refusal);
    }

    [Theory]
    [InlineData("/mute")]
    [InlineData("/mute bob")]
    [InlineData("/mute bob -1")]
    [InlineData("/mute bob 1441")]
    [InlineData("/slow 3601")]
    [InlineData("/ban bob")]
    public void Command_ThatIsNone_IsRejectedWithAHint(string command)
    {
        Assert.Contains("/mute name minutes", Say("mod", command).Refusal?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Muted_UntilTheMinutesAreOver_AndNotATickLonger()
    {
        Assert.Null(Say("mod", "/mute bob 10").Refusal);

        Assert.NotNull(Say("bob", "hello", TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1)).Refusal);
        Assert.Null(Say("bob", "hello", TimeSpan.FromMinutes(10)).Refusal);
    }

    [Fact]
    public void SlowRoom_LetsEachSpeakOncePerPause()
    {
        Say("mod", "/slow 30");
        Assert.Null(Say("ann", "one").Refusal);

        Assert.Equal("This room is slow: wait 10 s.", Say("ann", "two", TimeSpan.FromSeconds(20)).Refusal?.Detail);
        Assert.Null(Say("bob", "one", TimeSpan.FromSeconds(20)).Refusal);
        Assert.Null(Say("ann", "two", TimeSpan.FromSeconds(30)).Refusal);
    }

    [Fact]
    public void Aborted_MayBeSaidAgain()
    {
        Say("mod", "/slow 30");
        var first = _last + 1;
        Assert.Null(Say("ann", "one").Refusal);
        Say("mod", "/mute ann 10");

        _moderation.OnAborted(first);

        _last = first - 1;
        Assert.Null(Say("ann", "one").Refusal);
        Assert.NotNull(Say("ann", "two").Refusal);
    }

    [Fact]
    public void Restored_HoldsWhatHeldBefore()
    {
        Say("mod", "/slow 30");
        var kept = Say("mod", "/mute bob 10").Replacement!.Value;
        var slow = Say("mod", "/slow 60").Replacement!.Value;
        var next = new Moderation(["mod"]);

        next.OnRestored([Kept(1, "mod", kept), Kept(2, "mod", slow), Kept(3, "ann", Payload.Json("""{"text":"hello"}"""))]);

        Assert.NotNull(next.OnPublishing(Proposed("bob", "hello", TimeSpan.FromMinutes(9))).Refusal);
        Assert.NotNull(next.OnPublishing(Proposed("ann", "again", TimeSpan.FromSeconds(59))).Refusal);
        Assert.Null(next.OnPublishing(Proposed("ann", "again", TimeSpan.FromSeconds(60))).Refusal);
    }

    private static Publication Kept(long sequence, string from, Payload payload) =>
        new(sequence, Start, Sender.OfUser(UserId.Parse(from)), null, null, payload);

    private static string? Text(PublicationVerdict verdict, string property)
    {
        using var data = JsonDocument.Parse(verdict.Replacement!.Value.Bytes);
        return data.RootElement.GetProperty(property).GetString();
    }

    private PublicationVerdict Say(string from, string text, TimeSpan after = default)
    {
        var verdict = _moderation.OnPublishing(Proposed(from, text, after));
        _last += verdict.Refusal is null ? 1 : 0;
        return verdict;
    }

    private PublicationVerdict Publish(string from, Payload payload) =>
        _moderation.OnPublishing(Proposed(from, payload, default));

    private ProposedPublication Proposed(string from, string text, TimeSpan after) =>
        Proposed(from, Payload.Json(Encoding.UTF8.GetBytes($$"""{"text":"{{JsonEncodedText.Encode(text)}}"}""")), after);

    private ProposedPublication Proposed(string from, Payload payload, TimeSpan after) =>
        new(ChannelName.Parse("chat:general"), Sender.OfUser(UserId.Parse(from)), null, payload, _last + 1, Start + after);
}
