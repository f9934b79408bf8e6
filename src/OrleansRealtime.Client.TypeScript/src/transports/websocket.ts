import type { Codec } from "../codec.js";
import { cut, normal } from "../codes.js";
import type { WebSocketConstructor } from "../environment.js";
import type { Frame } from "../messages.js";
import type { Transport } from "./transport.js";

/** A WebSocket to this address, in this encoding. */
export function webSocketTransport(url: string, codec: Codec, WebSocket: WebSocketConstructor): Transport {
  return (handlers) => {
    const socket = new WebSocket(url, [codec.subprotocol]);
    let isOpen = false, isOver = false;
    // Whoever mends a stream with a malformed message in it guesses; a new connection resumes.
    const decode = (data: string | ArrayBuffer): Frame | null => {
      try {
        return codec.decode(data);
      } catch (error) {
        isOver = true;
        socket.close(normal);
        handlers.ended({ code: cut, reason: String(error), wasAnswered: true });
        return null;
      }
    };
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      isOpen = true;
      handlers.opened(true);
    };
    socket.onmessage = ({ data }) => {
      if (isOver) return;
      const frame = decode(data);
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
