using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Authentication;

public sealed class JwtValidatorTests
{
    private readonly ManualTimeProvider _clock = new();

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public async Task Token_OfAlice_IsHers()
    {
        var identity = await AcceptAsync(TestTokens.Hs256(TestTokens.Claims(
            Now, ""","caps":{"chat:*":["subscribe","publish"],"news":["*"]},"info":{"name":"Alice"}""")));

        Assert.Equal("alice", identity.User.Value);
        Assert.False(identity.IsAnonymous);
        Assert.Equal(Now, identity.IssuedAt);
        Assert.Equal(Now.AddHours(1), identity.ExpiresAt);
        Assert.Equal("""{"name":"Alice"}""", Encoding.UTF8.GetString(identity.Info.Bytes.Span));
        Assert.Equal(
            ChannelRights.Subscribe | ChannelRights.Publish, identity.Capabilities.In(ChannelName.Parse("chat:room-1")));
        Assert.Equal(ChannelRights.All, identity.Capabilities.In(ChannelName.Parse("news")));
        Assert.Equal(ChannelRights.None, identity.Capabilities.In(ChannelName.Parse("newsroom")));
    }

    [Fact]
    public async Task Token_MadeByTheIssuer_SaysWhatWasAskedFor()
    {
        var options = TestTokens.Options();
        options.Issuer = "us";
        options.Audience = "realtime";
        var token = new JwtIssuer(options, _clock).Issue(new TokenRequest(UserId.Parse("bob"), TimeSpan.FromMinutes(5))
        {
            Capabilities = ImmutableDictionary<string, ChannelRights>.Empty.Add("chat:*", ChannelRights.Publish),
            InfoJson = """{"n":1}""",
        });

        var outcome = await Validator(options).ValidateAsync(token, default);

        Assert.Null(outcome.Refusal);
        Assert.Equal("bob", outcome.Identity!.User.Value);
        Assert.Equal(Now.AddMinutes(5), outcome.Identity.ExpiresAt);
        Assert.Equal(ChannelRights.Publish, outcome.Identity.Capabilities.In(ChannelName.Parse("chat:1")));
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(outcome.Identity.Info.Bytes.Span));
    }

    [Fact]
    public async Task Token_Rs256AndEs256_AreVerifiedWithTheirPublicKeys()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var validator = Validator(new AuthenticationOptions
        {
            Keys =
            {
                new SigningKeyOptions { Id = "r", Algorithm = "RS256", PublicKey = rsa.ExportSubjectPublicKeyInfoPem() },
                new SigningKeyOptions { Id = "e", Algorithm = "ES256", PublicKey = ecdsa.ExportSubjectPublicKeyInfoPem() },
            },
        });

        Assert.Null((await validator.ValidateAsync(TestTokens.Rs256(rsa, TestTokens.Claims(Now), "r"), default)).Refusal);
        Assert.Null((await validator.ValidateAsync(TestTokens.Es256(ecdsa, TestTokens.Claims(Now), "e"), default)).Refusal);
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsHmacSecret_IsRefused()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        var validator = Validator(new AuthenticationOptions
        {
            Keys = { new SigningKeyOptions { Id = "r", Algorithm = "RS256", PublicKey = pem } },
        });
        var forged = TestTokens.Sign(
            """{"alg":"HS256","kid":"r"}""",
            TestTokens.Claims(Now),
            signed => HMACSHA256.HashData(Encoding.ASCII.GetBytes(pem), signed));

        await RefusesAsync(validator, forged, "not the one that its key is for");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS512")]
    [InlineData("PS256")]
    public async Task Token_OfAnotherAlgorithm_IsRefused(string algorithm)
    {
        var token = TestTokens.Sign($$"""{"alg":"{{algorithm}}"}""", TestTokens.Claims(Now), static _ => []);
        await RefusesAsync(Validator(), token, "none of HS256, RS256, ES256");
        await RefusesAsync(Validator(), token + "AAAA", "none of HS256, RS256, ES256");
    }

    [Theory]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""", "crit")]
    [InlineData("""{"alg":"HS256","typ":"logout+jwt"}""", "typ")]
    [InlineData("""{"alg":"HS256","alg":"none"}""", "twice")]
    [InlineData("""{"alg":7}""", "alg")]
    [InlineData("""{}""", "alg")]
    [InlineData("""["HS256"]""", "alg")]
    [InlineData("""{"alg":"HS256","kid":"other"}""", "kid")]
    public async Task Token_WithSuchAHeader_IsRefused(string header, string why) =>
        await RefusesAsync(Validator(), TestTokens.Hs256(TestTokens.Claims(Now), header), why);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("a.b.c.d")]
    [InlineData("ä.ö.ü")]
    [InlineData("eyJ .eyJ .x")]
    [InlineData("e30=.e30=.e30=")]
    public async Task Token_ThatIsNone_IsRefused(string token) => await RefusesAsync(Validator(), token, "the token");

    [Fact]
    public async Task Token_InFiveParts_IsRefusedAsEncrypted() =>
        await RefusesAsync(Validator(), "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d", "encrypted");

    [Fact]
    public async Task Token_LongerThanTheLimit_IsRefused() => await RefusesAsync(
        Validator(),
        TestTokens.Hs256(TestTokens.Claims(Now, $",\"x\":\"{new string('x', CompactToken.MaxLength)}\"")),
        "longer than 8192");

    [Fact]
    public async Task Token_ChangedAfterSigning_IsRefused()
    {
        var good = TestTokens.Hs256(TestTokens.Claims(Now));
        var other = TestTokens.Hs256(TestTokens.Claims(Now, ""","caps":{"*":["manage"]}"""));
        var mixed = $"{other[..other.LastIndexOf('.')]}{good[good.LastIndexOf('.')..]}";
        var validator = Validator();
        await AcceptAsync(good, validator);

        await RefusesAsync(validator, mixed, "signature is wrong");
        await RefusesAsync(validator, good[..good.LastIndexOf('.')] + ".", "signature is wrong");
    }

    [Theory]
    [InlineData("""{"exp":E}""", "sub")]
    [InlineData("""{"sub":7,"exp":E}""", "sub")]
    [InlineData("""{"sub":"with space","exp":E}""", "sub")]
    [InlineData("""{"sub":"alice"}""", "exp")]
    [InlineData("""{"sub":"alice","exp":"E"}""", "exp")]
    [InlineData("""{"sub":"alice","exp":-1}""", "exp")]
    [InlineData("""{"sub":"alice","exp":1e300}""", "exp")]
    [InlineData("""{"sub":"alice","exp":E,"exp":E}""", "twice")]
    [InlineData("""{"sub":"alice","exp":E,"caps":["chat"]}""", "caps")]
    [InlineData("""{"sub":"alice","exp":E,"caps":{"chat":"publish"}}""", "caps")]
    [InlineData("""{"sub":"alice","exp":E,"caps":{"ch*t:a":["publish"]}}""", "caps")]
    [InlineData("""{"sub":"alice","exp":E,"caps":{"chat":[1]}}""", "caps")]
    [InlineData("""[]""", "claims")]
    [InlineData("""{"sub":"alice" """, "claims")]
    public async Task Token_WithSuchClaims_IsRefused(string claims, string why)
    {
        var end = Now.AddHours(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await RefusesAsync(Validator(), TestTokens.Hs256(claims.Replace("E", end, StringComparison.Ordinal)), why);
    }

    [Fact]
    public async Task Token_WithInfoBeyondOneKibibyte_IsRefused()
    {
        // The quotes count.
        await AcceptAsync(TestTokens.Hs256(TestTokens.Claims(Now, $",\"info\":\"{new string('x', 1022)}\"")));
        await RefusesAsync(
            Validator(), TestTokens.Hs256(TestTokens.Claims(Now, $",\"info\":\"{new string('x', 1023)}\"")), "1025");
    }

    [Fact]
    public async Task Capability_UnknownRight_AllowsNothing()
    {
        var identity = await AcceptAsync(
            TestTokens.Hs256(TestTokens.Claims(Now, ""","caps":{"chat":["subscribe","teleport"]}""")));
        Assert.Equal(ChannelRights.Subscribe, identity.Capabilities.In(ChannelName.Parse("chat")));
    }

    [Fact]
    public async Task Token_AtItsEnd_IsGoodForTheSkewAndNotATickLonger()
    {
        var validator = Validator();
        var token = TestTokens.Hs256(TestTokens.Claims(Now));
        _clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));

        // Twice, since the second answer comes from the cache.
        await AcceptAsync(token, validator);
        await AcceptAsync(token, validator);
        _clock.Advance(TimeSpan.FromTicks(1));

        await RefusesAsync(validator, token, "expired");
        await RefusesAsync(Validator(), token, "expired");
    }

    [Theory]
    [InlineData("nbf", 30, true)]
    [InlineData("nbf", 31, false)]
    [InlineData("iat", 30, true)]
    [InlineData("iat", 31, false)]
    public async Task Token_FromTheFuture_IsGoodWithinTheSkew(string claim, int seconds, bool isGood)
    {
        var claims = $$"""
            {"sub":"alice","exp":{{Now.AddHours(1).ToUnixTimeSeconds()}},"{{claim}}":{{Now.ToUnixTimeSeconds() + seconds}}}
            """;
        var outcome = await Validator().ValidateAsync(TestTokens.Hs256(claims), default);
        Assert.Equal(isGood, outcome.Refusal is null);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(""","iss":"them","aud":"realtime" """, false)]
    [InlineData(""","iss":"us" """, false)]
    [InlineData(""","iss":"us","aud":"other" """, false)]
    [InlineData(""","iss":"us","aud":["other"]""", false)]
    [InlineData(""","iss":"us","aud":"realtime" """, true)]
    [InlineData(""","iss":"us","aud":["other","realtime"]""", true)]
    public async Task Token_OfIssuerAndAudience_IsGoodWhenBothAreOurs(string more, bool isGood)
    {
        var options = TestTokens.Options();
        options.Issuer = "us";
        options.Audience = "realtime";
        var outcome = await Validator(options).ValidateAsync(TestTokens.Hs256(TestTokens.Claims(Now, more)), default);
        Assert.Equal(isGood, outcome.Refusal is null);
    }

    [Fact]
    public async Task Token_WithoutIssueTime_CountsAsOldestPossible()
    {
        var identity = await AcceptAsync(
            TestTokens.Hs256($$"""{"sub":"alice","exp":{{Now.AddHours(1).ToUnixTimeSeconds()}}}"""));
        Assert.Equal(DateTimeOffset.UnixEpoch, identity.IssuedAt);
    }

    [Fact]
    public async Task Token_WithoutKeyId_IsTriedWithEveryKeyOfItsAlgorithm()
    {
        var options = TestTokens.Options();
        options.Keys.Insert(0, new SigningKeyOptions
        {
            Id = "newer",
            Algorithm = "HS256",
            Secret = new string('A', 43),
        });
        await AcceptAsync(TestTokens.Hs256(TestTokens.Claims(Now), """{"alg":"HS256"}"""), Validator(options));
    }

    [Theory]
    [InlineData("HS256", "c2hvcnQ", null)]
    [InlineData("HS256", null, null)]
    [InlineData("HS256", "not base64url!", null)]
    [InlineData("RS256", null, "nonsense")]
    [InlineData("ES256", null, null)]
    [InlineData("HS512", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", null)]
    public void Key_ThatCannotBeUsed_IsNamedWithoutShowingIt(string algorithm, string? secret, string? publicKey)
    {
        var key = new SigningKeyOptions { Id = "k1", Algorithm = algorithm, Secret = secret, PublicKey = publicKey };
        var options = new AuthenticationOptions { Keys = { key } };

        var mistake = Assert.Throws<InvalidOperationException>(() => Validator(options)).Message;

        Assert.Contains("k1", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain(secret ?? "nonsense", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_SmallRsaOrOtherCurveOrPrivate_IsRefused()
    {
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var whole = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("1024", MistakeOf("RS256", small.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("P-256", MistakeOf("ES256", curve.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("private", MistakeOf("ES256", whole.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_ShownAsText_IsHidden()
    {
        Assert.DoesNotContain("hush", $"{new Secret("hush")}", StringComparison.Ordinal);
        Assert.Equal("hush", new Secret("hush").Reveal());
    }

    private static string MistakeOf(string algorithm, string pem)
    {
        Assert.Null(SigningKeyReader.TryRead(
            new SigningKeyOptions { Id = "k", Algorithm = algorithm, PublicKey = pem }, out var mistake));
        return mistake;
    }

    private JwtValidator Validator(AuthenticationOptions? options = null) =>
        new(options ?? TestTokens.Options(), jwks: null, _clock);

    private async Task<Identity> AcceptAsync(string token, JwtValidator? validator = null)
    {
        var outcome = await (validator ?? Validator()).ValidateAsync(token, default);
        Assert.Null(outcome.Refusal);
        return outcome.Identity!;
    }

    private static async Task RefusesAsync(JwtValidator validator, string token, string why)
    {
        var outcome = await validator.ValidateAsync(token, default);
        Assert.Equal(RealtimeErrorCode.Unauthenticated, outcome.Refusal?.Code);
        Assert.Contains(why, outcome.Refusal!.Detail, StringComparison.Ordinal);
        Assert.Null(outcome.Identity);
    }
}
