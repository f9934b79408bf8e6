using System.Buffers;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>A pool that knows how many of its buffers are out.</summary>
internal sealed class CountingMemoryPool : MemoryPool<byte>
{
    private int _rented;

    public int Rented => Volatile.Read(ref _rented);

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        return new Owner(this, new byte[Math.Max(minBufferSize, 4096)]);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Owner(CountingMemoryPool pool, byte[] array) : IMemoryOwner<byte>
    {
        private int _isReturned;

        public Memory<byte> Memory => array;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            {
                Interlocked.Decrement(ref pool._rented);
            }
        }
    }
}
