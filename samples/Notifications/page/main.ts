import type { Position, Publication } from "orleansrealtime";
import { byId, element } from "../../Shared/page/elements.js";
import { signIn } from "../../Shared/page/sign-in.js";

const client = await signIn("Notifications are for you alone: servers write them, and only you can read them.");
const name = sessionStorage.getItem("name")!, channel = `@${name}`, storageKey = `read:${channel}`;
const fresh = byId("new"), earlier = byId("earlier");
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }), time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** Up to where everything was read: the one thing that this browser remembers. The rest is in the channel. */
const read = stored();
const inbox = client.subscribe(channel, read === null ? { last: 20 } : { from: read });
inbox.on("publication", (publication) => {
  fresh.prepend(item(publication));
  showCount();
});
inbox.on("subscribed", ({ recovered }) => { if (!recovered) void reload(); });
inbox.on("gap", () => reload());
inbox.on("reset", () => reload());

if (read !== null) await showEarlier(read);

byId("command").textContent = `./samples/Notifications/notify.sh ${name} "Your parcel is here" "It waits at the door."`;
byId("read").onclick = () => {
  if (inbox.position !== undefined) localStorage.setItem(storageKey, JSON.stringify(inbox.position));
  markRead();
};
// Another tab of this browser has read them.
addEventListener("storage", ({ key }) => { if (key === storageKey) markRead(); });

function stored(): Position | null {
  return JSON.parse(localStorage.getItem(storageKey) ?? "null") as Position | null;
}

function markRead(): void {
  earlier.prepend(...fresh.childNodes);
  showCount();
}

/** What was read before, newest first. */
async function showEarlier({ epoch, seq }: Position): Promise<void> {
  const page = await client.history(channel, { from: { epoch, seq: seq + 1 }, reverse: true, limit: 20 });
  earlier.replaceChildren(...page.publications.map(item));
}

/** More was missed than the channel keeps: what it still has is all new. */
async function reload(): Promise<void> {
  const page = await client.history(channel, { reverse: true, limit: 100 });
  fresh.replaceChildren(...page.publications.map(item));
  showCount();
}

function showCount(): void {
  const count = fresh.childElementCount, badge = byId("badge");
  badge.textContent = String(count);
  badge.ariaLabel = `${count} unread`;
  badge.hidden = byId("read").hidden = count === 0;
  document.title = count === 0 ? "Notifications" : `(${count}) Notifications`;
}

function item({ ts, data }: Publication): HTMLElement {
  const { title, text } = data as { title: string; text?: string };
  const at = element("time", "", (new Date(ts).toDateString() === new Date().toDateString() ? time : day).format(ts));
  at.dateTime = new Date(ts).toISOString();
  return element("li", "notification", element("h3", "", title), at, element("p", "", text ?? ""));
}
