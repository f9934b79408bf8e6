import { encodeData, decodeAck } from "../json.js";
import type { Command, Frame, HistoryPage, Position, Refusal } from "../messages.js";
import type { End } from "./transport.js";

type Fields = Record<string, unknown>;

/** A command that HTTP can carry. */
export type HttpCommand = Extract<Command, { type: "publish" | "signal" | "call" | "history" | "presence" }>;

/** Commands over HTTP, section 13 of PROTOCOL.md, answered with the frames that a WebSocket would bring. */
export class HttpApi {
  readonly #address: string;
  readonly #fetch: typeof fetch;
  token: string | undefined;

  constructor(address: string, fetch: typeof globalThis.fetch) {
    this.#address = address;
    this.#fetch = fetch;
  }

  /** Never rejects: what went wrong is an `error` frame. */
  async run(command: HttpCommand, signal: AbortSignal): Promise<Frame> {
    const { id } = command, channel = "channel" in command ? command.channel : undefined;
    const envelope = { ...(id === undefined ? {} : { id }), ...(channel === undefined ? {} : { channel }) };
    try {
      const response = await this.#send(command, signal);
      if (!response.ok) return { type: "error", ...envelope, payload: await problemOf(response) };
      const text = await response.text();
      return { type: "ack", ...envelope, ...(text === "" ? {} : { payload: decodeAck(JSON.parse(text) as Fields) }) };
    } catch (error) {
      // What was repeated safely is asked again by its owner; of a call nobody knows whether it arrived.
      const code = command.type === "call" ? "disconnected" : "unavailable";
      return { type: "error", ...envelope, payload: { code, message: String(error), retryable: true } };
    }
  }

  /** What stands after `from` up to `to`; null when some of it is gone, or may not be read; the error when asking again may help. */
  async missed(channel: string, from: Position, to: number, signal: AbortSignal): Promise<HistoryPage["publications"] | Refusal | null> {
    const all: HistoryPage["publications"][number][] = [];
    for (let seq = from.seq; seq < to; seq = all.at(-1)!.seq) {
      const answer = await this.run({ type: "history", channel, payload: { from: { epoch: from.epoch, seq }, limit: 1000 } }, signal);
      if (answer.type === "error" && answer.payload.retryable) return answer.payload;
      if (answer.type !== "ack") return null;
      const { epoch, publications } = answer.payload as HistoryPage;
      if (epoch !== from.epoch || publications.length === 0 || publications[0]!.seq !== seq + 1) return null;
      all.push(...publications.filter((publication) => publication.seq <= to));
    }
    return all;
  }

  open(path: string, headers: Record<string, string>, signal: AbortSignal, method = "GET"): Promise<Response> {
    return this.#fetch(this.#address + path, { method, signal, cache: "no-store", headers: { ...this.#authorization, ...headers } });
  }

  get #authorization(): Record<string, string> {
    return this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` };
  }

  #send(command: HttpCommand, signal: AbortSignal): Promise<Response> {
    switch (command.type) {
      case "history": {
        const { from, limit, reverse } = command.payload;
        const position = from === undefined ? {} : { epoch: from.epoch, seq: String(from.seq) };
        const query = { channel: command.channel, limit: String(limit), ...position, ...(reverse === true ? { reverse: "true" } : {}) };
        return this.open(`/history?${new URLSearchParams(query)}`, {}, signal);
      }
      case "presence": return this.open(`/presence?${new URLSearchParams({ channel: command.channel })}`, {}, signal);
      case "publish": case "signal": return this.#post(command.type, { channel: command.channel, ...command.payload }, signal);
      case "call": return this.#post(command.type, { ...command.payload }, signal);
    }
  }

  #post(path: string, { data, ...fields }: Fields, signal: AbortSignal): Promise<Response> {
    const headers = { ...this.#authorization, "Content-Type": "application/json" };
    return this.#fetch(`${this.#address}/${path}`, { method: "POST", signal, headers, body: JSON.stringify({ ...fields, ...encodeData(data) }) });
  }
}

/** What an HTTP answer other than 200 means for a connection, as a close code. */
export async function endOf(response: Response): Promise<End> {
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  const reason = response.status === 204 ? "the server wants no stream" : (await problemOf(response)).message;
  return { code: closeCodeOf(response.status), reason, wasAnswered: true, ...(Number.isFinite(seconds) ? { retryAfter: seconds * 1000 } : {}) };
}

function closeCodeOf(status: number): number {
  switch (status) {
    case 204: return 1000;
    case 401: return 4001;
    case 403: return 4003;
    case 429: return 4513;
    case 503: return 4503;
    default: return status >= 500 ? 1011 : 4000;
  }
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfter?: number;
}

async function problemOf(response: Response): Promise<Problem> {
  const problem = await response.json().catch(() => ({})) as { code?: string; detail?: string; retryable?: boolean; retryAfter?: number };
  return {
    // A proxy in between has no codes; its faults pass.
    code: problem.code ?? "unavailable",
    message: problem.detail ?? `HTTP ${response.status}`,
    retryable: problem.retryable ?? response.status >= 500,
    ...(problem.retryAfter === undefined ? {} : { retryAfter: problem.retryAfter }),
  };
}
