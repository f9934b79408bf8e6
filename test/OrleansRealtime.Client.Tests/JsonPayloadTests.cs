using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansRealtime.Client.Tests;

public partial class JsonPayloadTests
{
    [Fact]
    public void Value_WrittenAndRead_IsTheSame()
    {
        var payload = JsonPayload.Of(new Move(3, "e4"), MoveJson.Default.Move);

        Assert.Equal(Payload.Json("""{"Number":3,"To":"e4"}"""), payload);
        Assert.Equal(new Move(3, "e4"), payload.Read(MoveJson.Default.Move));
        Assert.Null(Payload.Json("null").Read(MoveJson.Default.Move));
    }

    [Fact]
    public void Payload_ThatIsNoSuchValue_IsRefused()
    {
        Assert.Throws<JsonException>(() => Payload.Json("[]").Read(MoveJson.Default.Move));
        Assert.Throws<JsonException>(() => Payload.Binary("null"u8.ToArray()).Read(MoveJson.Default.Move));
    }

    internal sealed record Move(int Number, string To);

    [JsonSerializable(typeof(Move))]
    internal sealed partial class MoveJson : JsonSerializerContext;
}
