import type { Publication } from "orleansrealtime";
import { element, face } from "../../Shared/page/elements.js";

/** What the server's moderation lets through: something that somebody said, or what a moderator did. */
export interface Message {
  readonly text?: string;
  readonly notice?: string;
}

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** The list item of a publication. */
export function messageItem({ seq, from, ts, data }: Publication, mine: boolean): HTMLLIElement {
  const { text, notice } = data as Message;
  const item = notice !== undefined
    ? element("li", "notice", notice)
    : element("li", mine ? "message mine" : "message", face(from), about(mine ? time.format(ts) : `${from} · ${time.format(ts)}`), element("p", "text", text ?? ""));
  item.dataset.seq = String(seq);
  item.dataset.from = notice === undefined ? from : "";
  return item;
}

/** The list item of a message that is on its way. */
export function pendingItem(text: string): HTMLLIElement {
  return element("li", "message mine pending", about(""), element("p", "text", text));
}

/** Says how it is with a message that is on its way. */
export function tell(item: HTMLElement, ...what: (Node | string)[]): void {
  item.querySelector(".about")!.replaceChildren(...what);
}

function about(text: string): HTMLElement {
  return element("span", "about", text);
}
