using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>A socket whose handshake was refused: reads whatever still comes away, so that no reset takes the answer with it.</summary>
internal sealed class RefusedSocket(EventLoop loop, int descriptor) : LoopSocket
{
    // A peer that goes on sending does not want the answer.
    private const int MaxBytes = 64 * 1024;

    private int _read;

    /// <inheritdoc/>
    public override void OnReady(uint events)
    {
        while (true)
        {
            var received = Libc.Receive(descriptor, loop.Buffer);
            if (received < 0 && Marshal.GetLastPInvokeError() == Libc.Again && (events & Libc.HungUp) == 0)
            {
                return;
            }

            _read += Math.Max(received, 0);
            if (received <= 0 || _read > MaxBytes)
            {
                OnFault();
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override void OnTimeout() => OnFault();

    /// <inheritdoc/>
    public override void OnFault()
    {
        loop.Forget(this);
        _ = Libc.Close(descriptor);
    }
}
