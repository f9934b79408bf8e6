namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>How the value behind a Protobuf tag is laid out.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}
