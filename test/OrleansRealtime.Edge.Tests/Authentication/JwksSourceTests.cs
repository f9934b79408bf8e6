using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Authentication;

public sealed class JwksSourceTests : IAsyncLifetime, IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly LogGuard _log = new();
    private readonly RSA _old = RSA.Create(2048);
    private readonly ECDsa _new = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private JwksServer _server = null!;
    private JwksSource _source = null!;
    private JwtValidator _validator = null!;

    public async Task InitializeAsync()
    {
        _server = await JwksServer.StartAsync();
        _source = new JwksSource(_server.Address, new SocketsHttpHandler(), _clock, new Logger<JwksSource>(_log));
        _validator = new JwtValidator(new AuthenticationOptions(), _source, _clock);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _log.Verify();
    }

    public void Dispose()
    {
        _source.Dispose();
        _old.Dispose();
        _new.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Key_ThatIsUnknown_IsReadAndThenRotated()
    {
        _server.Body = JwksServer.Set(JwksServer.Rsa(_old, "old"));
        Assert.Null(await RefusalOfOldAsync());
        Assert.Equal(1, _server.Requests);

        // The issuer rotates. The new key is found as soon as the interval allows a request.
        _server.Body = JwksServer.Set(JwksServer.Ec(_new, "new"));
        Assert.Equal(RealtimeErrorCode.Unauthenticated, (await RefusalOfNewAsync())?.Code);
        Assert.Equal(1, _server.Requests);
        _clock.Advance(JwksSource.MinInterval);

        Assert.Null(await RefusalOfNewAsync());
        Assert.Equal(2, _server.Requests);

        // What the set no longer names is no longer good, though it was remembered as good.
        Assert.Equal(RealtimeErrorCode.Unauthenticated, (await RefusalOfOldAsync())?.Code);
    }

    [Fact]
    public async Task Source_WhileDown_KeepsItsKeysAndAnswersUnavailableWithoutAny()
    {
        Assert.Equal(RealtimeErrorCode.Unavailable, (await RefusalOfOldAsync())?.Code);
        _clock.Advance(JwksSource.MinInterval);
        _server.Body = JwksServer.Set(JwksServer.Rsa(_old, "old"));
        Assert.Null(await RefusalOfOldAsync());

        foreach (var broken in new[] { null, "no JSON", "[]", new string(' ', JwksSource.MaxBytes + 1) })
        {
            _server.Body = broken;
            _clock.Advance(JwksSource.MinInterval);
            Assert.False(await _source.RefreshAsync(default));
            Assert.Null(await RefusalOfOldAsync());
        }
    }

    [Fact]
    public async Task Source_AskedByManyAtOnce_SendsOneRequest()
    {
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task;
        _server.Body = JwksServer.Set(JwksServer.Rsa(_old, "old"));

        var asking = Enumerable.Range(0, 20).Select(_ => RefusalOfOldAsync()).ToArray();
        gate.SetResult();

        Assert.All(await Task.WhenAll(asking), Assert.Null);
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public void Set_WithKeysOfOtherKinds_PassesThemOver()
    {
        using var small = RSA.Create(1024);
        var json = JwksServer.Set(
            """{"kty":"oct","kid":"shared","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""",
            """{"kty":"EC","crv":"P-256","kid":"off the curve","x":"AAAA","y":"AAAA"}""",
            """{"kty":"RSA","use":"enc","kid":"enc","n":"AQAB","e":"AQAB"}""",
            """{"kty":"RSA","kid":"n is no base64url","n":"!","e":"AQAB"}""",
            "7",
            JwksServer.Rsa(small, "small"),
            JwksServer.Ec(_new, "good"));

        Assert.Equal("good", Assert.Single(JsonWebKeySet.Parse(Encoding.UTF8.GetBytes(json))).Id);
    }

    private async Task<RealtimeError?> RefusalOfOldAsync() =>
        (await _validator.ValidateAsync(TestTokens.Rs256(_old, TestTokens.Claims(_clock.Now), "old"), default)).Refusal;

    private async Task<RealtimeError?> RefusalOfNewAsync() =>
        (await _validator.ValidateAsync(TestTokens.Es256(_new, TestTokens.Claims(_clock.Now), "new"), default)).Refusal;
}
