import { byId, element, face } from "../../Shared/page/elements.js";
import { signIn } from "../../Shared/page/sign-in.js";
import { Room } from "./room.js";

const client = await signIn("Open a second tab with another name and talk to yourself. Whoever is called mod is the moderator.");
const rooms = new Map<string, Room>();
let current: Room;

for (const name of ["general", "random"]) add(name);
enter(new URLSearchParams(location.search).get("room") ?? "general");

function add(name: string): Room {
  const room = new Room(client, name, draw);
  rooms.set(name, room);
  return room;
}

function enter(name: string): void {
  current = rooms.get(name) ?? add(name);
  document.querySelector(".log")?.remove();
  byId("main").prepend(current.view);
  if (byId("side").matches(":popover-open")) byId("side").hidePopover();
  draw();
  // On a phone this would open the keyboard over half of the room.
  if (matchMedia("(pointer: fine)").matches) byId("text").focus();
}

/** Everything around the messages, anew: it is little. */
function draw(): void {
  if (!document.hidden) current.unread = 0;
  byId("room").textContent = `# ${current.name}`;
  byId("rooms").replaceChildren(...[...rooms.values()].map(roomItem));
  byId("people").replaceChildren(...[...current.roster.values()].map(({ user, info }) => {
    const isModerator = (info as { role?: string } | undefined)?.role === "moderator";
    return element("li", "", face(user), user, user === client.user ? " (you)" : "", isModerator ? element("span", "badge", "moderator") : "");
  }));
  const typing = current.typing;
  byId("typing").textContent = typing.length === 0 ? ""
    : typing.length > 3 ? "Several people are typing…"
    : `${typing.join(", ")} ${typing.length === 1 ? "is" : "are"} typing…`;
  const unread = [...rooms.values()].reduce((sum, room) => sum + room.unread, 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ""}# ${current.name}`;
}

function roomItem(room: Room): HTMLElement {
  const button = element("button", "quiet", `# ${room.name}`);
  button.onclick = () => enter(room.name);
  button.ariaCurrent = String(room === current);
  if (room.unread > 0) {
    const badge = element("span", "badge", String(room.unread));
    badge.ariaLabel = `${room.unread} unread`;
    button.append(badge);
  }
  return element("li", "", button);
}

const text = byId<HTMLTextAreaElement>("text");
text.oninput = () => { if (text.value !== "") current.type(); };
text.onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId<HTMLFormElement>("composer").requestSubmit();
};
byId("composer").onsubmit = (event) => {
  event.preventDefault();
  if (text.value.trim() !== "") current.send(text.value.trim());
  text.value = "";
};
byId("join").onsubmit = (event) => {
  event.preventDefault();
  const name = byId("join").querySelector("input")!;
  if (name.value !== "") enter(name.value);
  name.value = "";
};
document.addEventListener("visibilitychange", draw);
