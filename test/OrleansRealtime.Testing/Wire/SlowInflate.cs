namespace OrleansRealtime.Testing.Wire;

/// <summary>DEFLATE (RFC 1951) read bit by bit, with nothing done to be fast: what a compressed message must expand to.</summary>
/// <remarks>It shares nothing with the framework's inflater, so that one may be judged by the other.</remarks>
public sealed class SlowInflate
{
    private static readonly int[] LengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] LengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static readonly int[] DistanceBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
    private static readonly int[] DistanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
    private static readonly int[] OrderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly byte[] _input;
    private readonly int _maxLength;
    private readonly List<byte> _output = [];
    private int _bit;
    private int _start;

    private SlowInflate(byte[] input, int maxLength)
    {
        _input = input;
        _maxLength = maxLength;
    }

    /// <summary>Expands a message of permessage-deflate.</summary>
    /// <param name="payload">The message, without the tail that its sender left out.</param>
    /// <param name="maxLength">How long it may become.</param>
    /// <param name="maxPieces">How many pieces it may have: a final block ends one, and nothing refers back beyond it.</param>
    /// <returns>What it expands to.</returns>
    /// <exception cref="InvalidDataException">It is not DEFLATE.</exception>
    /// <exception cref="OverflowException">It is longer than it may be.</exception>
    public static byte[] Expand(byte[] payload, int maxLength = int.MaxValue, int maxPieces = int.MaxValue)
    {
        var inflate = new SlowInflate([.. payload, 0x00, 0x00, 0xFF, 0xFF], maxLength);
        var pieces = 1;
        var isBehindFinal = false;
        while (inflate._bit < 8 * inflate._input.Length)
        {
            if (isBehindFinal && inflate._bit == 8 * payload.Length)
            {
                // Only the tail is left, of an empty block that nobody began. Behind another block it would be a block cut short.
                break;
            }

            if (pieces > maxPieces)
            {
                throw new InvalidDataException("too many final blocks");
            }

            isBehindFinal = inflate.ReadBlock();
            if (isBehindFinal)
            {
                inflate._bit = (inflate._bit + 7) / 8 * 8;
                inflate._start = inflate._output.Count;
                pieces++;
            }
        }

        return [.. inflate._output];
    }

    private bool ReadBlock()
    {
        var isFinal = Bits(1) == 1;
        switch (Bits(2))
        {
            case 0:
                ReadStored();
                break;
            case 1:
                ReadCodes(FixedLengths(), Enumerable.Repeat(5, 30).ToArray());
                break;
            case 2:
                var (letters, distances) = ReadLengths();
                ReadCodes(letters, distances);
                break;
            default:
                throw new InvalidDataException("no such block");
        }

        return isFinal;
    }

    private void ReadStored()
    {
        _bit = (_bit + 7) / 8 * 8;
        var length = Bits(16);
        if (length != (~Bits(16) & 0xFFFF))
        {
            throw new InvalidDataException("the stored length does not match its complement");
        }

        for (; length > 0; length--)
        {
            Put((byte)Bits(8));
        }
    }

    private void ReadCodes(int[] letterLengths, int[] distanceLengths)
    {
        var letters = CodesOf(letterLengths);
        var distances = CodesOf(distanceLengths);
        while (Letter(letters) is var letter && letter != 256)
        {
            if (letter < 256)
            {
                Put((byte)letter);
                continue;
            }

            Must(letter < 286, "no such length");
            var length = LengthBase[letter - 257] + Bits(LengthExtra[letter - 257]);
            var distance = Letter(distances);
            Must(distance < 30, "no such distance");
            var back = DistanceBase[distance] + Bits(DistanceExtra[distance]);
            Must(back <= _output.Count - _start, "a reference to what was before the message");
            for (; length > 0; length--)
            {
                Put(_output[^back]);
            }
        }
    }

    private (int[] Letters, int[] Distances) ReadLengths()
    {
        var letterCount = Bits(5) + 257;
        var distanceCount = Bits(5) + 1;
        var orderCount = Bits(4) + 4;
        Must(letterCount <= 286 && distanceCount <= 30, "too many codes");
        var ofLengths = new int[19];
        for (var i = 0; i < orderCount; i++)
        {
            ofLengths[OrderOfLengths[i]] = Bits(3);
        }

        Check(ofLengths, mayBeIncomplete: false);
        var lengths = CodesOf(ofLengths);
        var all = new List<int>();
        while (all.Count < letterCount + distanceCount)
        {
            switch (Letter(lengths))
            {
                case < 16 and var length:
                    all.Add(length);
                    break;
                case 16:
                    Must(all.Count > 0, "nothing to repeat");
                    all.AddRange(Enumerable.Repeat(all[^1], 3 + Bits(2)));
                    break;
                case 17:
                    all.AddRange(Enumerable.Repeat(0, 3 + Bits(3)));
                    break;
                default:
                    all.AddRange(Enumerable.Repeat(0, 11 + Bits(7)));
                    break;
            }
        }

        Must(all.Count == letterCount + distanceCount, "a repetition beyond the end");
        var letters = all[..letterCount].ToArray();
        var distances = all[letterCount..].ToArray();
        Must(letters[256] != 0, "no end of block");
        Check(letters, mayBeIncomplete: true);
        Check(distances, mayBeIncomplete: true);
        return (letters, distances);
    }

    // What zlib takes: a code that uses all its room, or one of a single letter of one bit; of distances, none at all as well.
    private static void Check(int[] lengths, bool mayBeIncomplete)
    {
        var room = lengths.Where(static length => length > 0).Sum(static length => 1 << (15 - length));
        var used = lengths.Count(static length => length > 0);
        Must(room <= 1 << 15, "a code with too many letters");
        Must(room == 1 << 15 || (mayBeIncomplete && (used == 0 || (used == 1 && lengths.Max() == 1))), "a code with too few letters");
    }

    // RFC 1951, section 3.2.2: shorter codes come first, and those of one length in the order of their letters.
    private static Dictionary<(int Length, int Code), int> CodesOf(int[] lengths)
    {
        var codes = new Dictionary<(int, int), int>();
        var next = 0;
        for (var length = 1; length <= 15; length++, next <<= 1)
        {
            for (var letter = 0; letter < lengths.Length; letter++)
            {
                if (lengths[letter] == length)
                {
                    codes.Add((length, next++), letter);
                }
            }
        }

        return codes;
    }

    /// <summary>One letter: bits are taken until they are the code of one.</summary>
    private int Letter(Dictionary<(int Length, int Code), int> codes)
    {
        var code = 0;
        for (var length = 1; length <= 15; length++)
        {
            code = (code << 1) | Bits(1);
            if (codes.TryGetValue((length, code), out var letter))
            {
                return letter;
            }
        }

        throw new InvalidDataException("no such code");
    }

    private static int[] FixedLengths() =>
    [
        .. Enumerable.Repeat(8, 144), .. Enumerable.Repeat(9, 112), .. Enumerable.Repeat(7, 24), .. Enumerable.Repeat(8, 8),
    ];

    private int Bits(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++, _bit++)
        {
            Must(_bit < 8 * _input.Length, "it ends within a block");
            value |= ((_input[_bit / 8] >> (_bit % 8)) & 1) << i;
        }

        return value;
    }

    private void Put(byte value)
    {
        if (_output.Count == _maxLength)
        {
            throw new OverflowException($"more than {_maxLength} bytes");
        }

        _output.Add(value);
    }

    private static void Must(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}
