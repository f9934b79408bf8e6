import type { Codec } from "../codec.js";
import { cut, normal } from "../codes.js";
import type { WebSocketConstructor } from "../environment.js";
import type { Transport } from "./transport.js";

/** A WebSocket to this address, in this encoding. */
export function webSocketTransport(url: string, codec: Codec, WebSocket: WebSocketConstructor): Transport {
  return (handlers) => {
    const socket = new WebSocket(url, [codec.subprotocol]);
    let isOpen = false, isOver = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      isOpen = true;
      handlers.opened();
    };
    socket.onmessage = ({ data }) => {
      if (isOver) return;
      const frame = codec.decode(data);
      if (frame !== null) handlers.received(frame);
    };
    // An error is followed by a close; without a handler the package `ws` would throw.
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }) => {
      if (isOver) return;
      isOver = true;
      handlers.ended({ code: isOpen ? code : cut, reason, wasAnswered: isOpen });
    };
    return {
      send: (command) => socket.send(codec.encode(command)),
      close() {
        isOver = true;
        socket.close(normal);
      },
    };
  };
}
