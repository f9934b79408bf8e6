namespace OrleansRealtime.Core.Policies;

/// <summary>Who may publish in a namespace at all.</summary>
public enum PublisherPolicy
{
    /// <summary>Anyone who is allowed to publish.</summary>
    Anyone,

    /// <summary>Servers only; clients are refused whatever their rights.</summary>
    Server,
}
