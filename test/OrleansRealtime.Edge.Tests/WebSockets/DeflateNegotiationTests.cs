using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.WebSockets;

public sealed class DeflateNegotiationTests
{
    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private const string With15 = Plain + "; server_max_window_bits=15";

    [Theory]
    [InlineData("permessage-deflate", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits=8", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits=\"15\"", Plain)]
    [InlineData("permessage-deflate; server_no_context_takeover", Plain)]
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits", Plain)]
    [InlineData("permessage-deflate ;\tclient_max_window_bits = 10", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits=15", With15)]
    [InlineData("permessage-deflate; server_max_window_bits=\"15\"", With15)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits=15, permessage-deflate", With15)]
    [InlineData("permessage-bzip2; level=\"9\", permessage-deflate", Plain)]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits", Plain)]
    [InlineData(", ,permessage-deflate,", Plain)]
    public void Choose_AcceptableOffer_IsAnsweredWithoutContextTakeover(string offered, string answer) =>
        Assert.Equal(answer, DeflateNegotiation.Choose(offered));

    [Theory]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate2")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; unknown=1")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=15; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_no_context_takeover=true")]
    [InlineData("permessage-deflate; client_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=14")]
    [InlineData("permessage-deflate; server_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=015")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=08")]
    [InlineData("permessage-deflate; client_max_window_bits=1e1")]
    [InlineData("permessage-deflate; Server_No_Context_Takeover")]
    public void Choose_OfferThatCannotBeMet_IsDeclined(string offered) => Assert.Null(DeflateNegotiation.Choose(offered));

    [Theory]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; =1")]
    [InlineData("permessage-deflate; client_max_window_bits=")]
    [InlineData("permessage-deflate; client_max_window_bits=\"")]
    [InlineData("permessage-deflate; client_max_window_bits=\"15")]
    [InlineData("permessage-deflate; client_max_window_bits=\"\"")]
    [InlineData("permessage-deflate; client_max_window_bits=\"15 \"")]
    [InlineData("permessage-deflate permessage-deflate")]
    [InlineData("permessage-deflate, other=1")]
    [InlineData("permessage-deflate, (")]
    [InlineData("(, permessage-deflate")]
    [InlineData("permessage-deflate\r\nX: y")]
    public void Choose_MalformedField_IsDeclinedAltogether(string offered) => Assert.Null(DeflateNegotiation.Choose(offered));

    [Fact]
    public void Choose_RandomFields_EndsAndAnswersOnlyWhatItMay() =>
        Seeds.Try(2000, static random =>
        {
            string[] words =
            [
                "permessage-deflate", ";", ",", "=", " ", "\"", "server_no_context_takeover", "client_no_context_takeover",
                "server_max_window_bits", "client_max_window_bits", "8", "15", "\t", "é", "other", "\\",
            ];
            var offered = string.Concat(Enumerable.Range(0, random.Next(25)).Select(_ => words[random.Next(words.Length)]));

            var answer = DeflateNegotiation.Choose(offered);

            Assert.True(answer is null or Plain or With15, offered);
            Assert.True(answer is null || offered.Contains("permessage-deflate", StringComparison.Ordinal), offered);
            Assert.True(answer != With15 || offered.Contains("server_max_window_bits", StringComparison.Ordinal), offered);
        });
}
