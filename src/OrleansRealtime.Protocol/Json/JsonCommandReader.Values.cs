using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrleansRealtime.Protocol.Commands;

namespace OrleansRealtime.Protocol.Json;

internal ref partial struct JsonCommandReader
{
    // A character of a string takes at most six bytes: an escape such as \u00e4.
    private const int MaxBytesPerCharacter = 6;

    /// <summary>Whether the string or name under the reader holds an escape that is half a character.</summary>
    private readonly bool IsHalfCharacter =>
        _reader.ValueIsEscaped && JsonSurrogates.HasUnpaired(_reader.ValueSpan);

    /// <summary>Goes to the next name of the object under the reader.</summary>
    /// <returns>False at its end.</returns>
    private bool ReadName() => _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;

    private readonly bool NameIs(ReadOnlySpan<byte> name) =>
        _reader.ValueIsEscaped ? !IsHalfCharacter && _reader.ValueTextEquals(name) : _reader.ValueSpan.SequenceEqual(name);

    /// <summary>Goes from a name to its value.</summary>
    /// <returns>False when there is nothing to read: <c>null</c> stands for absent, and a repeated field is refused.</returns>
    private bool TryBeginValue(CommandFields field)
    {
        _reader.Read();
        if (_draft.TryBegin(field))
        {
            return _reader.TokenType != JsonTokenType.Null;
        }

        SkipValue();
        return false;
    }

    private void SkipField()
    {
        _reader.Read();
        SkipValue();
    }

    private void RefuseValue(CommandFields field)
    {
        _draft.Refuse(field);
        SkipValue();
    }

    /// <summary>Goes to the end of the value under the reader.</summary>
    private void SkipValue()
    {
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        var depth = _reader.CurrentDepth;
        do
        {
            // At the start of a container the reader's depth does not yet count it.
            if (_reader.CurrentDepth >= CommandLimits.MaxDepth && IsStart)
            {
                _draft.RefuseDepth();
            }

            _reader.Read();
        }
        while (_reader.CurrentDepth > depth);
    }

    private readonly bool IsStart => _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>Reads a string of 1 to <paramref name="maxLength"/> characters.</summary>
    private readonly bool TryGetText(int maxLength, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (_reader.TokenType != JsonTokenType.String
            || _reader.ValueSpan.IsEmpty
            || _reader.ValueSpan.Length / MaxBytesPerCharacter > maxLength
            || IsHalfCharacter)
        {
            return false;
        }

        var value = _reader.GetString()!;
        text = value.Length <= maxLength ? value : null;
        return text is not null;
    }
}
