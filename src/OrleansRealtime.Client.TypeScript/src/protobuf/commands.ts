import type { Command, Position } from "../messages.js";
import { Writer } from "./writer.js";

const utf8 = new TextEncoder();

/** One `Command` of realtime.v1.proto. */
export function writeCommand(command: Command): Uint8Array<ArrayBuffer> {
  const writer = new Writer().text(1, command.id).text(2, "channel" in command ? command.channel : undefined);
  return writeBody(writer, command).finish();
}

function writeBody(writer: Writer, command: Command): Writer {
  switch (command.type) {
    case "auth": {
      const { token, v, features, session } = command.payload;
      return writer.message(3, (auth) => {
        auth.text(1, token).number(2, v);
        for (const feature of features ?? []) auth.text(3, feature);
        auth.text(4, session);
      });
    }
    case "refresh": return writer.message(4, (refresh) => refresh.text(1, command.payload.token));
    case "subscribe": {
      const { from, last, presence, conflate } = command.payload ?? {};
      return writer.message(5, (subscribe) => writePosition(subscribe, from).number(2, last).flag(3, presence).number(4, conflate));
    }
    case "unsubscribe": return writer.message(6, () => {});
    case "publish": {
      const { data, mid, key } = command.payload;
      return writer.message(7, (publish) => writeData(publish, 1, data).text(2, mid).text(3, key));
    }
    case "signal": return writer.message(8, (signal) => writeData(signal, 1, command.payload.data).text(2, command.payload.key));
    case "history": {
      const { from, limit, reverse } = command.payload;
      return writer.message(9, (history) => writePosition(history, from).number(2, limit).flag(3, reverse));
    }
    case "presence": return writer.message(10, () => {});
    case "call": return writer.message(11, (call) => writeData(call.text(1, command.payload.method), 2, command.payload.data));
    case "ping": return writer.message(12, () => {});
  }
}

function writePosition(writer: Writer, position: Position | undefined): Writer {
  return position === undefined ? writer : writer.message(1, (inner) => inner.text(1, position.epoch).number(2, position.seq));
}

function writeData(writer: Writer, field: number, data: unknown): Writer {
  return writer.message(field, (inner) => data instanceof Uint8Array
    ? inner.bytes(2, data)
    : inner.bytes(1, utf8.encode(JSON.stringify(data ?? null))));
}
