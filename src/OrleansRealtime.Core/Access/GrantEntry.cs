namespace OrleansRealtime.Core.Access;

/// <summary>What a channel says of one user. A right is in one of the two or in neither. Immutable.</summary>
/// <param name="Allowed">Granted.</param>
/// <param name="Denied">Revoked: no, whatever the namespace or the token allows.</param>
public readonly record struct GrantEntry(ChannelRights Allowed, ChannelRights Denied);
