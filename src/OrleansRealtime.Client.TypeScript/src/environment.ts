/** What this client uses of the world. Tests, and places that have no such globals, give their own. */
export interface Environment {
  /** Milliseconds of any clock that does not jump. */
  readonly now: () => number;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Calls `run` once after so many milliseconds, unless the function that is returned is called before. */
  timer(ms: number, run: () => void): () => void;
  /** A text that nobody else makes: the message id of a publish. */
  newId(): string;
  /** Calls `run` when the page is looked at again or the network is back; returns how to end that. */
  onWake(run: () => void): () => void;
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** The part of the standard `WebSocket` that is used; that of the package `ws` fits. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: never }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** That of the browser, or of Node.js. */
export function defaultEnvironment(): Environment {
  return {
    now: () => performance.now(),
    random: Math.random,
    timer(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    newId,
    onWake,
    WebSocket: globalThis.WebSocket as unknown as WebSocketConstructor | undefined,
    fetch: globalThis.fetch?.bind(globalThis),
  };
}

function newId(): string {
  // randomUUID exists only where the page came over TLS.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A phone that sleeps stops timers and cuts connections without a word; these events are the first that a page hears afterwards.
function onWake(run: () => void): () => void {
  if (typeof addEventListener !== "function" || typeof document === "undefined") return () => {};
  const onVisible = () => { if (document.visibilityState === "visible") run(); };
  document.addEventListener("visibilitychange", onVisible);
  addEventListener("online", run);
  addEventListener("pageshow", run);
  return () => {
    document.removeEventListener("visibilitychange", onVisible);
    removeEventListener("online", run);
    removeEventListener("pageshow", run);
  };
}
