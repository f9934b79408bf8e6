using System.Net;
using Microsoft.AspNetCore.Http;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>
/// A socket that was just accepted: looks at the first bytes without taking them. A whole and plain WebSocket handshake is
/// decided here; everything else is Kestrel's, untouched.
/// </summary>
internal sealed class FreshSocket(DirectListener listener, EventLoop loop, int descriptor, IPEndPoint peer) : LoopSocket, IThreadPoolWorkItem
{
    private readonly DirectHandshake _handshake = listener.Handshake;
    private DirectRequest? _request;
    private DirectAdmission? _admission;
    private bool _isRefused;
    private uint _events;

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        if (_request is null)
        {
            Watch();
        }
        else if (Slot >= 0)
        {
            Decide();
        }
        else
        {
            _admission?.Handshake.Guard.OnEnded(CloseReason.GoingAway);
        }
    }

    /// <inheritdoc/>
    public override void OnReady(uint events)
    {
        // What its successor is not told again; while it is being decided, all that happens is left to that.
        _events |= events;
        if (_request is not null || events == Libc.WriteReady)
        {
            return;
        }

        var seen = Libc.Receive(descriptor, loop.Buffer, Libc.MessagePeek);

        _request = seen > 0 ? _handshake.TryRead(loop.Buffer.AsSpan(0, seen), peer) : null;
        if (_request is null)
        {
            HandOver();
            return;
        }

        var admitting = _handshake.AdmitAsync(_request);
        if (admitting.IsCompletedSuccessfully)
        {
            Take(admitting.Result);
            Decide();
        }
        else
        {
            _ = AwaitAsync(admitting);
        }
    }

    /// <summary>Gives one who says nothing to Kestrel, which has its own patience.</summary>
    public override void OnTimeout()
    {
        if (_request is null)
        {
            HandOver();
        }
    }

    /// <inheritdoc/>
    public override void OnFault()
    {
        loop.Forget(this);
        _ = Libc.Close(descriptor);
    }

    private void HandOver()
    {
        loop.Remove(this, descriptor);
        listener.HandOver(descriptor);
    }

    private void Watch()
    {
        if (loop.TryAdd(this, descriptor, Libc.ReadReady | Libc.WriteReady | Libc.PeerClosed | Libc.EdgeTriggered))
        {
            loop.Expect(this);
        }
        else
        {
            _ = Libc.Close(descriptor);
        }
    }

    private async Task AwaitAsync(ValueTask<DirectAdmission?> admitting)
    {
        try
        {
            Take(await admitting.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            // The boundary of a handshake: it costs this one.
            _handshake.Node.Log.BackgroundFailed(exception);
            _request!.Context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            _isRefused = true;
        }

        loop.Post(this);
    }

    private void Take(DirectAdmission? admission)
    {
        _admission = admission;
        _isRefused = admission is null;
    }

    private void Decide()
    {
        try
        {
            if (_isRefused)
            {
                Refuse(_request!);
            }
            else
            {
                Accept(_request!, _admission!);
            }
        }
        catch (Exception exception)
        {
            // The boundary of a handshake: it costs this one.
            _handshake.Node.Log.BackgroundFailed(exception);
            if (Slot >= 0)
            {
                OnFault();
                _admission?.Handshake.Guard.OnEnded(CloseReason.ServerFault);
            }
        }

        // The loop remembers this until its patience is over.
        (_request, _admission) = (null, null);
    }

    private void Accept(DirectRequest request, DirectAdmission admission)
    {
        // It fits into a send buffer that is empty, and is first, since whoever finds the connection may write to it. A peer that
        // is gone is found by reading.
        _ = Libc.Send(descriptor, WebSockets.WebSocketHandshake.AcceptBytes(request.Context.Request, request.Offer));
        var node = _handshake.Node;
        var transport = new DirectTransport(descriptor, request.Format);
        var connection = node.Open(transport, admission.Handshake.Guard, node.Shards[loop.Index]);
        var webSocket = new DirectWebSocket(loop, descriptor, transport, connection, request.HeadLength, _events);
        loop.Replace(this, webSocket);
        webSocket.Begin(admission);
    }

    private void Refuse(DirectRequest request)
    {
        // What is closed unread resets the connection.
        _ = Libc.Receive(descriptor, loop.Buffer.AsSpan(0, request.HeadLength));

        // It fits into any send buffer that is empty; a peer that is gone does not matter.
        _ = Libc.Send(descriptor, DirectHandshake.RefusalBytes(request.Context));
        _ = Libc.Shutdown(descriptor, Libc.ShutdownWrites);
        var refused = new RefusedSocket(loop, descriptor);
        loop.Replace(this, refused);
        loop.Expect(refused);
    }
}
