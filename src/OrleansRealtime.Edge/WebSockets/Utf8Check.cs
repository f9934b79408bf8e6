using System.Text;
using System.Text.Unicode;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Tells whether bytes that come in pieces are UTF-8, wherever the pieces are cut.</summary>
/// <remarks>A mutable struct: keep it in a field. The default value is the state before the first byte.</remarks>
internal struct Utf8Check
{
    // The bytes of a character that has begun but not ended, the first in the lowest byte.
    private uint _begun;
    private int _begunLength;

    /// <summary>Whether a character has begun and not ended.</summary>
    public readonly bool IsInsideCharacter => _begunLength > 0;

    /// <summary>Takes the next piece.</summary>
    /// <returns>False as soon as no continuation could make the bytes valid.</returns>
    public bool TryAccept(ReadOnlySpan<byte> piece)
    {
        if (_begunLength > 0 && !TryFinishCharacter(ref piece))
        {
            return false;
        }

        var tail = IncompleteTailLength(piece);
        if (tail > 0)
        {
            var end = piece[^tail..];
            if (Rune.DecodeFromUtf8(end, out _, out _) != System.Buffers.OperationStatus.NeedMoreData)
            {
                return false;
            }

            Keep(end);
            piece = piece[..^tail];
        }

        return Utf8.IsValid(piece);
    }

    private bool TryFinishCharacter(ref ReadOnlySpan<byte> piece)
    {
        Span<byte> character = stackalloc byte[4];
        for (var i = 0; i < _begunLength; i++)
        {
            character[i] = (byte)(_begun >> (8 * i));
        }

        var taken = Math.Min(4 - _begunLength, piece.Length);
        piece[..taken].CopyTo(character[_begunLength..]);
        var known = character[..(_begunLength + taken)];
        switch (Rune.DecodeFromUtf8(known, out _, out var length))
        {
            case System.Buffers.OperationStatus.Done:
                piece = piece[(length - _begunLength)..];
                _begunLength = 0;
                _begun = 0;
                return true;
            case System.Buffers.OperationStatus.NeedMoreData:
                piece = piece[taken..];
                Keep(known);
                return true;
            default:
                return false;
        }
    }

    private void Keep(ReadOnlySpan<byte> character)
    {
        _begun = 0;
        _begunLength = character.Length;
        for (var i = 0; i < character.Length; i++)
        {
            _begun |= (uint)character[i] << (8 * i);
        }
    }

    // How many bytes at the end belong to a character whose lead byte promises more than there are.
    private static int IncompleteTailLength(ReadOnlySpan<byte> piece)
    {
        for (var back = 1; back <= Math.Min(3, piece.Length); back++)
        {
            var value = piece[^back];
            if ((value & 0xC0) == 0x80)
            {
                continue;
            }

            var promised = value switch
            {
                >= 0xF0 => 4,
                >= 0xE0 => 3,
                >= 0xC0 => 2,
                _ => 1,
            };
            return promised > back ? back : 0;
        }

        return 0;
    }
}
