using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Client.Transports;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Connections;

/// <summary>Asks a silent server whether it is there, and gives the link up when it is not (PROTOCOL.md, section 4).</summary>
internal sealed class Liveness : IDisposable
{
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(10);

    private readonly Wire _wire;
    private readonly ILink _link;
    private readonly TimeProvider _time;
    private readonly Alarm _alarm;
    private TimeSpan _patience;
    private long _heardAt;
    private bool _hasAsked;

    public Liveness(Wire wire, ILink link, TimeProvider time, TimeSpan authTimeout)
    {
        _wire = wire;
        _link = link;
        _time = time;
        _alarm = new Alarm(time, OnAlarm);
        _alarm.Set(authTimeout);
    }

    /// <summary>The link is acknowledged; from now on silence is measured.</summary>
    public void StartLocked(TimeSpan heartbeat)
    {
        _patience = 2 * heartbeat;
        _heardAt = _time.GetTimestamp();
        if (heartbeat > TimeSpan.Zero)
        {
            _alarm.Set(_patience);
        }
        else
        {
            _alarm.CallOff();
        }
    }

    /// <summary>A frame came.</summary>
    public void HeardLocked()
    {
        _heardAt = _time.GetTimestamp();
        if (_hasAsked)
        {
            _hasAsked = false;
            _alarm.Set(_patience);
        }
    }

    public void Dispose() => _alarm.Dispose();

    private void OnAlarm()
    {
        lock (_wire.Lock)
        {
            var silence = _time.GetElapsedTime(_heardAt);
            if (!_wire.IsOpen)
            {
                _link.Abort(LinkEnd.Lost("the server did not answer auth"));
            }
            else if (_hasAsked)
            {
                _link.Abort(LinkEnd.Silent);
            }
            else if (silence < _patience)
            {
                _alarm.Set(_patience - silence);
            }
            else
            {
                _hasAsked = true;
                _alarm.Set(PongTimeout);
                _wire.SendLocked(new PingCommand(_wire.NewIdLocked()));
            }
        }
    }
}
