import { cut } from "./codes.js";
import type { Environment } from "./environment.js";
import { RealtimeError } from "./errors.js";
import type { Answer, Command, Frame } from "./messages.js";
import type { End, Link, Transport } from "./transports/transport.js";

/** Told in the order in which the frames came, without a turn of the event loop between, so that no frame overtakes an answer. */
export type OnAnswer = (answer: Exclude<Answer, { type: "error" }> | RealtimeError) => void;

/** What a connection tells its owner. After `ended` nothing more comes. */
export interface ConnectionHandlers {
  opened(): void;
  /** The server let something be heard for the first time, be it the end of a handshake. */
  answered(): void;
  /** A frame that answers nothing. */
  received(frame: Frame): void;
  ended(end: End): void;
}

const pongTimeoutMs = 10_000;

/** One link with its commands in flight and its heartbeat: answers find their commands, and silence is noticed. */
export class Connection {
  readonly #environment: Environment;
  readonly #answerTimeoutMs: number;
  readonly #handlers: ConnectionHandlers;
  readonly #link: Link;
  readonly #waiting = new Map<string, { onAnswer: OnAnswer; cancelTimer: () => void }>();
  #lastId = 0;
  #isOver = false;
  #wasAnswered = false;
  #heardAt = 0;
  #silenceMs = 0;
  #cancelHeartbeat = () => {};

  constructor(transport: Transport, environment: Environment, answerTimeoutMs: number, handlers: ConnectionHandlers) {
    this.#environment = environment;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#handlers = handlers;
    let cancelOpening = () => {};
    this.#link = transport({
      opened: (wasAnswered) => {
        cancelOpening();
        if (wasAnswered) this.#answered();
        handlers.opened();
      },
      received: (frame) => this.#receive(frame),
      ended: (end) => {
        cancelOpening();
        this.#end(end);
      },
    });
    cancelOpening = environment.timer(answerTimeoutMs, () => this.drop("the handshake was not answered"));
  }

  /** Sends a command; its answer comes to `onAnswer`, as `disconnected` when the connection ends before. */
  ask(command: Command, onAnswer: OnAnswer, timeoutMs = this.#answerTimeoutMs): void {
    const id = String(++this.#lastId);
    // No answer means that the line is dead, whatever the browser thinks of it.
    const cancelTimer = this.#environment.timer(timeoutMs, () => this.drop(`no answer to ${command.type}`));
    this.#waiting.set(id, { onAnswer, cancelTimer });
    // With the type first and the id second, as the examples of PROTOCOL.md are written.
    const { type, ...rest } = command;
    this.#link.send({ type, id, ...rest } as Command);
  }

  /** Sends a command that nobody waits for. */
  tell(command: Command): void {
    this.#link.send(command);
  }

  /** From now on two intervals of silence are broken by a ping. */
  startHeartbeat(intervalMs: number): void {
    this.#silenceMs = 2 * intervalMs;
    this.#heardAt = this.#environment.now();
    this.#awaitSilence(this.#silenceMs);
  }

  /** Asks whether the line still lives; ends the connection when no answer comes. */
  probe(): void {
    this.ask({ type: "ping" }, () => {}, pongTimeoutMs);
  }

  /** Closes the link and tells the owner that it was lost. */
  drop(reason: string): void {
    if (this.#isOver) return;
    this.#link.close();
    this.#end({ code: cut, reason, wasAnswered: this.#wasAnswered });
  }

  /** Closes the link without a word to the owner; commands in flight end as `disconnected`. */
  close(): void {
    if (this.#isOver) return;
    this.#link.close();
    this.#settle();
  }

  #answered(): void {
    if (this.#wasAnswered) return;
    this.#wasAnswered = true;
    this.#handlers.answered();
  }

  #receive(frame: Frame): void {
    if (this.#isOver) return;
    this.#answered();
    this.#heardAt = this.#environment.now();
    const id = "id" in frame ? frame.id : undefined;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) {
      this.#handlers.received(frame);
      return;
    }
    this.#waiting.delete(id);
    waiting.cancelTimer();
    const answer = frame as Answer;
    waiting.onAnswer(answer.type === "error" ? RealtimeError.of(answer.payload, answer.payload.message) : answer);
  }

  #awaitSilence(ms: number): void {
    this.#cancelHeartbeat();
    this.#cancelHeartbeat = this.#environment.timer(ms, () => {
      const restMs = this.#heardAt + this.#silenceMs - this.#environment.now();
      if (restMs > 0) this.#awaitSilence(restMs);
      else this.ask({ type: "ping" }, (answer) => { if (!(answer instanceof RealtimeError)) this.#awaitSilence(this.#silenceMs); }, pongTimeoutMs);
    });
  }

  #end(end: End): void {
    if (this.#isOver) return;
    this.#settle();
    this.#handlers.ended(end);
  }

  #settle(): void {
    this.#isOver = true;
    this.#cancelHeartbeat();
    const lost = new RealtimeError("disconnected", "The connection ended before the answer.", true);
    for (const { onAnswer, cancelTimer } of [...this.#waiting.values()]) {
      cancelTimer();
      onAnswer(lost);
    }
    this.#waiting.clear();
  }
}
