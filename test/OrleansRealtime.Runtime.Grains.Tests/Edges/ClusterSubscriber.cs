using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Runtime.Grains.Tests.Edges;

/// <summary>A subscribed connection, and all that it was sent.</summary>
internal sealed class ClusterSubscriber(Connection connection, TestTransport transport)
{
    private readonly List<long> _sequences = [];
    private readonly List<ServerFrame> _others = [];

    public Connection Connection => connection;

    public TestTransport Transport => transport;

    /// <summary>The numbers of the publications that came until now, in order.</summary>
    public IReadOnlyList<long> Sequences
    {
        get
        {
            Read();
            return _sequences;
        }
    }

    /// <summary>All other frames that came until now.</summary>
    public IReadOnlyList<ServerFrame> Others
    {
        get
        {
            Read();
            return _others;
        }
    }

    /// <summary>Whether nothing came but publications 1 to <paramref name="last"/>, in order and each once.</summary>
    public void AssertHas(long last)
    {
        Assert.Equal(Enumerable.Range(1, (int)last).Select(static i => (long)i), Sequences);
        Assert.Empty(Others);
        Assert.Null(transport.CloseCode);
    }

    private void Read()
    {
        foreach (var frame in transport.Drain())
        {
            if (frame is PublicationFrame publication)
            {
                _sequences.Add(publication.Publication.Sequence);
            }
            else
            {
                _others.Add(frame);
            }
        }
    }
}
