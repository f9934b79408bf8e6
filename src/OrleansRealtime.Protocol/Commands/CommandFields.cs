namespace OrleansRealtime.Protocol.Commands;

/// <summary>The fields that commands are made of. The order is that in which faults are reported.</summary>
[Flags]
internal enum CommandFields
{
    None = 0,
    Id = 1 << 0,
    Type = 1 << 1,
    Channel = 1 << 2,
    Payload = 1 << 3,
    Token = 1 << 4,
    Version = 1 << 5,
    Features = 1 << 6,
    Session = 1 << 7,
    From = 1 << 8,
    Last = 1 << 9,
    Presence = 1 << 10,
    Conflate = 1 << 11,
    Encoding = 1 << 12,
    Data = 1 << 13,
    MessageId = 1 << 14,
    Key = 1 << 15,
    Limit = 1 << 16,
    Reverse = 1 << 17,
    Method = 1 << 18,
}
