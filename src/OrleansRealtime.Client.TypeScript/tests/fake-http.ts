import { settled } from "./virtual-clock.js";

/** A request of the client that the test answers. */
export class FakeRequest {
  #body: ReadableStreamDefaultController<Uint8Array> | null = null;
  isAborted = false;

  constructor(
    readonly method: string, readonly url: URL, readonly headers: Headers, readonly body: unknown,
    readonly resolve: (response: Response) => void, readonly reject: (error: unknown) => void) {}

  async answer(status: number, body?: unknown, headers: Record<string, string> = {}): Promise<void> {
    this.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers }));
    await settled();
    await settled();
  }

  async fail(): Promise<void> {
    this.reject(new TypeError("fetch failed"));
    await settled();
  }

  /** Answers with a stream of events that stays open. */
  async stream(): Promise<void> {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => { this.#body = controller; } });
    this.resolve(new Response(body, { status: 200, headers: { "Content-Type": "text/event-stream" } }));
    await settled();
  }

  async text(text: string): Promise<void> {
    this.#body!.enqueue(new TextEncoder().encode(text));
    for (let turn = 0; turn < 3; turn++) await settled();
  }

  send(frame: { type: string } & Record<string, unknown>): Promise<void> {
    return this.text(`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`);
  }

  async cut(): Promise<void> {
    this.#body!.error(new TypeError("terminated"));
    await settled();
    await settled();
  }

  abort(error: unknown): void {
    this.isAborted = true;
    this.reject(error);
    try { this.#body?.error(error); } catch { /* It had ended already. */ }
  }
}

/** What a client asks over HTTP, in order. */
export class FakeHttp {
  readonly requests: FakeRequest[] = [];

  readonly fetch = ((url: string, init: RequestInit = {}) => new Promise<Response>((resolve, reject) => {
    const body = init.body === undefined ? undefined : JSON.parse(init.body as string) as unknown;
    const request = new FakeRequest(init.method ?? "GET", new URL(url), new Headers(init.headers), body, resolve, reject);
    init.signal?.addEventListener("abort", () => request.abort(init.signal!.reason));
    this.requests.push(request);
  })) as typeof fetch;

  /** The next request, which must be to this path. */
  async next(path: string): Promise<FakeRequest> {
    await settled();
    const request = this.requests.shift();
    if (request?.url.pathname !== path) throw new Error(`expected a request to ${path}, but got ${request?.url.pathname ?? "none"}`);
    return request;
  }
}
