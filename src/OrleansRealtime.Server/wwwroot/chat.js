// The chat page: rooms, people, typing hints. Everything it knows of the server it learns through realtime.js.

import { Realtime } from "./realtime.js";

const pageLength = 50, mostShown = 500, typingShown = 4000, typingRepeated = 2000;
const $ = id => document.getElementById(id);
const address = new URLSearchParams(location.search);
const givenToken = new URLSearchParams(location.hash.slice(1)).get("token");

const rooms = new Map();
let client, current, lastTyping = 0;

class Room {
  messages = new Map();  // sequence -> publication
  pending = [];          // { mid, text, state, reason }, oldest first
  members = new Set();
  typing = new Map();    // user -> timer
  unread = 0;
  notice = "";

  constructor(name) {
    this.name = name;
    this.channel = `chat:${name}`;
    client.subscribe(this.channel, { last: pageLength, presence: true }, {
      onSubscribed: () => this.loadMembers(),
      onPublication: publication => this.add(publication),
      onSignal: ({ from }) => this.showTyping(from),
      onJoin: ({ user }) => { this.members.add(user); render(this); },
      onLeave: ({ user }) => { this.members.delete(user); this.hideTyping(user); render(this); },
      onReload: () => this.reload(),
      onEnd: error => { this.notice = error.message; render(this); },
    });
  }

  add(publication) {
    this.keep(publication);
    if (this.messages.size > mostShown) this.messages.delete(Math.min(...this.messages.keys()));
    this.hideTyping(publication.from);
    if (this !== current || document.hidden) this.unread++;
    render(this);
  }

  keep(publication) {
    this.messages.set(publication.seq, publication);
    this.pending = this.pending.filter(({ mid }) => publication.from !== client.user || mid !== publication.mid);
  }

  // What was missed will not come by itself, and what is shown may be of a numbering that is gone.
  async reload() {
    const stale = new Set(this.messages.values());
    try {
      const { publications } = await client.history(this.channel, pageLength);
      const live = [...this.messages.values()].filter(publication => !stale.has(publication));
      this.messages = new Map();
      for (const publication of publications) this.keep({ ...publication, data: publication.payload });
      for (const publication of live) this.keep(publication);
      render(this);
    } catch { /* The connection broke; the next subscribe says again what is missing. */ }
  }

  async loadMembers() {
    try {
      const { members } = await client.presence(this.channel);
      this.members = new Set(members.map(({ user }) => user));
      render(this);
    } catch { /* As above. */ }
  }

  send(text) {
    const { mid, settled } = client.publish(this.channel, { text });
    const entry = { mid, text, state: "pending" };
    this.pending.push(entry);
    settled.then(
      // Its own publication takes its place as soon as it comes; acknowledged, it waits for no retry.
      () => { entry.state = "sent"; render(this); },
      error => { entry.state = "failed"; entry.reason = error.message; render(this); });
    render(this);
  }

  showTyping(user) {
    if (user === client.user) return;
    clearTimeout(this.typing.get(user));
    this.typing.set(user, setTimeout(() => this.hideTyping(user), typingShown));
    render(this);
  }

  hideTyping(user) {
    clearTimeout(this.typing.get(user));
    if (this.typing.delete(user)) render(this);
  }
}

// ---------- what is seen

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function face(user) {
  const node = element("span", { className: "face", ariaHidden: "true" }, user.slice(0, 2).toUpperCase());
  node.style.setProperty("--hue", [...user].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 7));
  return node;
}

function messageNode(from, text, about, data) {
  const node = element("li", { className: `message${from === client.user ? " mine" : ""}` },
    face(from),
    element("span", { className: "about" }, about),
    element("span", { className: "body" }, text));
  Object.assign(node.dataset, data, { testid: "message", from });
  node.lastChild.dataset.testid = "message-text";
  return node;
}

const nodes = new Map();  // key -> node of the room that is shown
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

function renderMessages(room) {
  const wanted = new Map();
  for (const seq of [...room.messages.keys()].sort((a, b) => a - b)) {
    const { from, ts, mid, data } = room.messages.get(seq);
    const key = `${seq} ${ts}`;
    wanted.set(key, nodes.get(key) ?? messageNode(
      from, String(data?.text ?? JSON.stringify(data)), `${from} · ${time.format(ts)}`, { seq, mid, state: "sent" }));
  }
  for (const { mid, text, state, reason } of room.pending) {
    const about = { pending: "sending…", sent: "sent", failed: `not sent: ${reason}` }[state];
    wanted.set(mid, messageNode(client.user ?? "", text, about, { mid, state }));
  }
  const list = $("messages");
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  nodes.clear();
  for (const [key, node] of wanted) nodes.set(key, node);
  // Only what changed is touched, so that a screen reader announces new messages and not all of them.
  let place = list.firstChild;
  for (const node of wanted.values()) {
    if (node === place) place = place.nextSibling;
    else list.insertBefore(node, place);
  }
  while (place) { const next = place.nextSibling; place.remove(); place = next; }
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function render(room) {
  renderRooms();
  if (room !== current) return;
  $("room-title").textContent = `# ${room.name}${room.notice ? ` (${room.notice})` : ""}`;
  renderMessages(room);
  const members = [...room.members].sort();
  $("member-count").textContent = members.length || "";
  $("members").replaceChildren(...members.map(user => {
    const node = element("li", {}, face(user), user === client.user ? `${user} (you)` : user);
    Object.assign(node.dataset, { testid: "member", user });
    return node;
  }));
  const typing = [...room.typing.keys()];
  $("typing").textContent = typing.length === 0 ? "" : typing.length > 3
    ? "Several people are typing…"
    : `${typing.join(", ")} ${typing.length === 1 ? "is" : "are"} typing…`;
}

function renderRooms() {
  $("rooms").replaceChildren(...[...rooms.values()].map(room => {
    const button = element("button", { type: "button", onclick: () => enter(room.name), ariaCurrent: String(room === current) }, `# ${room.name}`);
    Object.assign(button.dataset, { testid: "room", room: room.name });
    if (room.unread > 0) button.append(element("span", { className: "unread", ariaLabel: `${room.unread} unread` }, String(room.unread)));
    return element("li", {}, button);
  }));
  const unread = [...rooms.values()].reduce((sum, room) => sum + room.unread, 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ""}${current ? `#${current.name} · ` : ""}OrleansRealtime`;
}

function renderState({ detail = {} } = {}) {
  const words = {
    connected: "Connected",
    connecting: "Connecting…",
    waiting: `Offline, trying again${detail.reason ? ` (${detail.reason})` : ""}`,
    closed: `Closed${detail.reason ? `: ${detail.reason}` : ""}`,
  };
  $("state").textContent = words[client.state];
  $("state").dataset.state = client.state;
  $("me").textContent = client.user ? `You are ${client.user}` : "";
  if (current) render(current);
}

// ---------- what is done

function enter(name) {
  if (!rooms.has(name)) rooms.set(name, new Room(name));
  current = rooms.get(name);
  current.unread = 0;
  nodes.clear();
  $("messages").replaceChildren();
  document.body.classList.remove("menu-open");
  $("menu").ariaExpanded = "false";
  render(current);
  $("messages").scrollTop = $("messages").scrollHeight;
  $("text").focus();
}

async function developmentToken(user) {
  const answer = await fetch(`dev/token?${new URLSearchParams({ user, minutes: 60 })}`);
  if (answer.ok) return (await answer.json()).token;
  const hint = "this server gives out no development tokens: add #token=<jwt> to the address";
  throw Object.assign(new Error(hint), { isFinal: answer.status >= 400 && answer.status < 500 });
}

function start(name) {
  const url = new URL("v1/ws", document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  client = new Realtime(url, () => givenToken ?? developmentToken(name));
  client.addEventListener("state", renderState);
  for (const room of ["general", "random"]) rooms.set(room, new Room(room));
  enter(address.get("room") ?? "general");
  client.start();
}

$("composer").onsubmit = event => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text && client) current.send(text);
  $("text").value = "";
  lastTyping = 0;
  $("messages").scrollTop = $("messages").scrollHeight;
};

$("text").onkeydown = event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
};

$("text").oninput = () => {
  const now = Date.now();
  if ($("text").value && now - lastTyping > typingRepeated) {
    lastTyping = now;
    client.signal(current.channel, { typing: true }, "typing");
  }
};

$("room-form").onsubmit = event => {
  event.preventDefault();
  if ($("room-input").value) enter($("room-input").value);
  $("room-input").value = "";
};

$("menu").onclick = () => { $("menu").ariaExpanded = String(document.body.classList.toggle("menu-open")); };

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && current) { current.unread = 0; renderRooms(); }
});

$("welcome").addEventListener("cancel", event => event.preventDefault());
$("name-form").onsubmit = event => {
  event.preventDefault();
  sessionStorage.setItem("name", $("name").value);
  $("welcome").close();
  start($("name").value);
};

// A tab keeps its name when it is reloaded; another tab may have another one.
const name = address.get("name") ?? sessionStorage.getItem("name");
if (name || givenToken) start(name ?? "");
else $("welcome").showModal();
