using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Chooses among the offers of permessage-deflate in a handshake (RFC 7692, sections 5 and 7.1).</summary>
/// <remarks>
/// Context takeover is ruled out in both directions, whatever is offered: a message that depends on no other can be compressed
/// once for all sockets, and a connection owns no compressor. What cannot be met or understood is declined and never refused:
/// the connection then goes on without compression.
/// </remarks>
internal static class DeflateNegotiation
{
    private const string Extension = "permessage-deflate";
    private const string ServerNoContextTakeover = "server_no_context_takeover";
    private const string ClientNoContextTakeover = "client_no_context_takeover";
    private const string ServerMaxWindowBits = "server_max_window_bits";
    private const string ClientMaxWindowBits = "client_max_window_bits";
    private const string Answer = $"{Extension}; {ServerNoContextTakeover}; {ClientNoContextTakeover}";

    // The window of the framework's compressor, which cannot be made smaller. Most clients do not ask for a smaller one.
    private const string WindowBits = "15";

    private static readonly SearchValues<char> TokenLetters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What to answer in <c>Sec-WebSocket-Extensions</c>; null to answer nothing and not to compress.</summary>
    /// <param name="offered">The field's values, joined by commas. If any of it breaks the grammar, all of it is declined.</param>
    public static string? Choose(string offered)
    {
        var rest = new OfferReader(offered);
        string? chosen = null;
        do
        {
            if (rest.IsAtEndOfElement)
            {
                // RFC 9110, section 5.6.1.2: empty elements of a list are to be ignored.
                continue;
            }

            if (!TryReadElement(ref rest, out var answer))
            {
                return null;
            }

            // The client lists what it would like best first.
            chosen ??= answer;
        }
        while (rest.TryTake(','));

        return rest.IsAtEnd ? chosen : null;
    }

    private static bool TryReadElement(ref OfferReader rest, out string? answer)
    {
        answer = null;
        if (!rest.TryReadToken(out var name))
        {
            return false;
        }

        var terms = new Terms();
        var isAcceptable = name == Extension;
        while (rest.TryTake(';'))
        {
            string? value = null;
            if (!rest.TryReadToken(out var parameter) || (rest.TryTake('=') && !rest.TryReadValue(out value)))
            {
                return false;
            }

            isAcceptable = isAcceptable && terms.TryAdd(parameter, value);
        }

        answer = isAcceptable ? terms.Answer : null;
        return true;
    }

    /// <summary>The parameters of one offer. A parameter that is unknown, twice there or has a wrong value makes it unacceptable.</summary>
    private struct Terms
    {
        private bool _serverTakeover;
        private bool _clientTakeover;
        private bool _serverBits;
        private bool _clientBits;

        // Who names a window is to be told one that is not greater.
        public readonly string Answer => _serverBits
            ? $"{DeflateNegotiation.Answer}; {ServerMaxWindowBits}={WindowBits}"
            : DeflateNegotiation.Answer;

        public bool TryAdd(string parameter, string? value) =>
            parameter switch
            {
                ServerNoContextTakeover => TryMark(ref _serverTakeover) && value is null,
                ClientNoContextTakeover => TryMark(ref _clientTakeover) && value is null,
                ServerMaxWindowBits => TryMark(ref _serverBits) && value == WindowBits,
                ClientMaxWindowBits => TryMark(ref _clientBits) && value is null or "8" or "9" or "10" or "11" or "12" or "13" or "14" or "15",
                _ => false,
            };

        private static bool TryMark(ref bool isThere) => !isThere && (isThere = true);
    }

    /// <summary>Reads the field's grammar (RFC 6455, section 9.1) from the left.</summary>
    private ref struct OfferReader(string text)
    {
        private ReadOnlySpan<char> _rest = text;

        public bool IsAtEnd
        {
            get
            {
                _rest = _rest.TrimStart(" \t");
                return _rest.IsEmpty;
            }
        }

        public bool IsAtEndOfElement => IsAtEnd || _rest[0] == ',';

        public bool TryTake(char separator)
        {
            if (IsAtEnd || _rest[0] != separator)
            {
                return false;
            }

            _rest = _rest[1..];
            return true;
        }

        public bool TryReadToken([NotNullWhen(true)] out string? token)
        {
            token = null;
            if (IsAtEnd)
            {
                return false;
            }

            var length = _rest.IndexOfAnyExcept(TokenLetters);
            var letters = length < 0 ? _rest : _rest[..length];
            _rest = _rest[letters.Length..];
            token = letters.ToString();
            return token.Length > 0;
        }

        /// <summary>Reads a token, or one in quotes.</summary>
        public bool TryReadValue([NotNullWhen(true)] out string? value) =>
            TryTake('"')
                ? TryReadToken(out value) && _rest.StartsWith('"') && TryTake('"')
                : TryReadToken(out value);
    }
}
