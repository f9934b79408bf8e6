import type { Connection } from "./connection.js";
import { RealtimeError } from "./errors.js";
import type { AckPayload, Command } from "./messages.js";

interface Request {
  readonly command: Command;
  readonly isRepeatable: boolean;
  readonly resolve: (payload: AckPayload | undefined) => void;
  readonly reject: (error: RealtimeError) => void;
}

/** Questions to the server. They wait for a connection; those that change nothing are asked again when it was lost. */
export class Requests {
  readonly #pending = new Set<Request>();
  #connection: Connection | null = null;

  ask(command: Command, isRepeatable: boolean, signal: AbortSignal | undefined): Promise<AckPayload | undefined> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#settle(request, () => reject(new RealtimeError("aborted", `The ${command.type} was aborted.`)));
      const request: Request = {
        command,
        isRepeatable,
        resolve: (payload) => { signal?.removeEventListener("abort", onAbort); resolve(payload); },
        reject: (error) => { signal?.removeEventListener("abort", onAbort); reject(error); },
      };
      this.#pending.add(request);
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener("abort", onAbort);
      this.#send(request);
    });
  }

  connected(connection: Connection): void {
    this.#connection = connection;
    for (const request of [...this.#pending]) this.#send(request);
  }

  disconnected(): void {
    this.#connection = null;
  }

  /** Refuses everything that waits. */
  clear(error: RealtimeError): void {
    this.#connection = null;
    for (const request of [...this.#pending]) this.#settle(request, () => request.reject(error));
  }

  #send(request: Request): void {
    this.#connection?.ask(request.command, (answer) => {
      if (!(answer instanceof RealtimeError)) {
        this.#settle(request, () => request.resolve(answer.type === "ack" ? answer.payload : undefined));
      } else if (answer.code !== "disconnected" || !request.isRepeatable) {
        this.#settle(request, () => request.reject(answer));
      }
    });
  }

  #settle(request: Request, settle: () => void): void {
    if (this.#pending.delete(request)) settle();
  }
}
