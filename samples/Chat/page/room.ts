import { followRoster, RealtimeError, type Publication, type RealtimeClient, type Roster, type Subscription } from "orleansrealtime";
import { element } from "../../Shared/page/elements.js";
import { messageItem, pendingItem, tell } from "./message.js";

const pageLength = 30, typingShownMs = 4000, typingRepeatedMs = 2000;

/** One room: what was said, what is on its way, who is here and who is typing. Draws its own messages; tells `onChange` of the rest. */
export class Room {
  readonly name: string;
  readonly view = element("div", "log");
  roster: Roster = new Map();
  unread = 0;
  readonly #client: RealtimeClient;
  readonly #onChange: () => void;
  readonly #subscription: Subscription;
  readonly #messages = element("ol");
  readonly #pending = element("ol");
  readonly #pendingByMid = new Map<string, HTMLElement>();
  readonly #typing = new Map<string, number>();
  #newAfter: number | undefined;
  #lastTyping = 0;

  constructor(client: RealtimeClient, name: string, onChange: () => void) {
    this.name = name;
    this.#client = client;
    this.#onChange = onChange;
    this.#messages.role = "log";
    this.#messages.ariaLabel = `Messages in ${name}`;
    const older = element("div", "older");
    this.view.append(element("div", "", older, this.#messages, this.#pending));
    this.view.tabIndex = 0;
    const top = new IntersectionObserver(async ([seen]) => {
      if (seen?.isIntersecting !== true || !await this.#loadOlder()) return;
      // Observed anew it tells at once whether there is still room for more.
      top.unobserve(older);
      top.observe(older);
    }, { root: this.view });
    top.observe(older);

    const room = this.#subscription = client.subscribe(`chat:${name}`, { last: pageLength, presence: true });
    room.on("publication", (publication) => this.#add(publication));
    room.on("signal", ({ from }) => this.#showTyping(from));
    room.on("subscribed", ({ recovered, seq }) => {
      this.#newAfter ??= seq;
      if (!recovered) void this.#reload();
    });
    room.on("gap", () => this.#reload());
    room.on("reset", () => this.#reload());
    followRoster(client, room, (roster) => { this.roster = roster; onChange(); });
    client.on("state", () => this.#tellPending());
  }

  /** Those who type now, but for this user. */
  get typing(): string[] {
    return [...this.#typing.keys()];
  }

  /** Shows it at once, and says how it goes: the client sends it when it can, and once. */
  send(text: string): void {
    const mid = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    const item = pendingItem(text);
    this.#pending.append(item);
    this.#pendingByMid.set(mid, item);
    this.#tellPending();
    this.view.scrollTop = 0;
    this.#lastTyping = 0;
    this.#client.publish(this.#subscription.channel, { text }, { mid }).catch((error: RealtimeError) => {
      this.#pendingByMid.delete(mid);
      item.classList.add("failed");
      const dismiss = element("button", "quiet", "Dismiss");
      dismiss.onclick = () => item.remove();
      tell(item, `Not sent. ${error.message} `, dismiss);
    });
  }

  /** Tells the others that this user is typing, at most every two seconds. */
  type(): void {
    if (Date.now() - this.#lastTyping < typingRepeatedMs) return;
    this.#lastTyping = Date.now();
    this.#client.signal(this.#subscription.channel, null, { key: "typing" });
  }

  #add(publication: Publication): void {
    this.#place(publication);
    this.#hideTyping(publication.from);
    if (publication.from !== this.#client.user && publication.seq > (this.#newAfter ?? 0)) this.unread++;
    this.#onChange();
  }

  // In its place by number, and once: what came live and what was read from the history may overlap.
  #place(publication: Publication): void {
    const { seq, from, mid } = publication;
    const isMine = from === this.#client.user;
    let before = this.#messages.lastElementChild as HTMLElement | null;
    while (before !== null && Number(before.dataset.seq) > seq) before = before.previousElementSibling as HTMLElement | null;
    if (before !== null && Number(before.dataset.seq) === seq) return;
    const item = messageItem(publication, isMine);
    if (before === null) this.#messages.prepend(item);
    else before.after(item);
    joinUp(item);
    joinUp(item.nextElementSibling as HTMLElement | null);
    if (isMine && mid !== undefined) {
      this.#pendingByMid.get(mid)?.remove();
      this.#pendingByMid.delete(mid);
    }
  }

  // Whether there was something.
  async #loadOlder(): Promise<boolean> {
    const oldest = this.#messages.firstElementChild as HTMLElement | null, epoch = this.#subscription.position?.epoch;
    if (oldest === null || epoch === undefined || Number(oldest.dataset.seq) === 1) return false;
    const page = await this.#client.history(this.#subscription.channel, {
      from: { epoch, seq: Number(oldest.dataset.seq) }, reverse: true, limit: pageLength,
    });
    for (const publication of page.publications) this.#place(publication);
    return page.publications.length > 0;
  }

  // Something was missed, or the numbering is another: what is shown may not be what was said.
  async #reload(): Promise<void> {
    this.#messages.replaceChildren();
    const page = await this.#client.history(this.#subscription.channel, { reverse: true, limit: pageLength });
    for (const publication of page.publications) this.#place(publication);
  }

  #tellPending(): void {
    const how = this.#client.state === "connected" ? "Sending…" : "Offline: will be sent";
    for (const item of this.#pendingByMid.values()) tell(item, how);
  }

  #showTyping(user: string): void {
    clearTimeout(this.#typing.get(user));
    this.#typing.set(user, window.setTimeout(() => this.#hideTyping(user), typingShownMs));
    this.#onChange();
  }

  #hideTyping(user: string): void {
    clearTimeout(this.#typing.get(user));
    if (this.#typing.delete(user)) this.#onChange();
  }
}

// What one person says in a row stands together, under one name.
function joinUp(item: HTMLElement | null): void {
  const before = item?.previousElementSibling as HTMLElement | null | undefined;
  item?.classList.toggle("more", item.dataset.from !== "" && before?.dataset.from === item.dataset.from);
}
