/** One event: its data, or an id without any, or the comment that breaks a silence. */
export type StreamEvent = { readonly data: string } | { readonly id: string } | "comment";

/** Takes a stream of server-sent events apart (WHATWG HTML, section 9.2.6). Feed it text as it comes. */
export class EventStreamParser {
  readonly #onEvent: (event: StreamEvent) => void;
  #rest = "";
  #data: string[] = [];

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent;
  }

  feed(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
  }

  #line(line: string): void {
    if (line === "") {
      const data = this.#data.join("\n");
      this.#data = [];
      if (data !== "") this.#onEvent({ data });
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return this.#onEvent("comment");
    const field = colon < 0 ? line : line.slice(0, colon), value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "id") this.#onEvent({ id: value });
  }
}
