import { byId, element, hueOf } from "../../Shared/page/elements.js";
import { signIn } from "../../Shared/page/sign-in.js";

interface Piece { readonly x: number; readonly y: number; readonly coins?: number }
interface Entry { readonly width: number; readonly height: number; readonly coinsToWin: number }

const arena = new URLSearchParams(location.search).get("arena") ?? "garden";
const client = await signIn("Run after the coins; whoever has ten first wins.");
const pieces = new Map<string, { piece: Piece; view: HTMLElement }>();
const field = byId("field");
const news = byId("news");

// What everybody sees: the latest of each piece, then every change. The game alone writes it.
const state = client.subscribe(`arena:${arena}`, { presence: true });
state.on("subscribed", ({ recovered }) => { if (!recovered) clear(); });
state.on("reset", clear);
state.on("publication", ({ key, data }) => {
  if (key === undefined) news.textContent = `${(data as { winner: string }).winner} wins!`;
  else put(key, data as Piece | null);
});

// A client that comes back from a server that forgot it asks to be let in again.
client.on("state", ({ state }) => { if (state === "connected") void join(); });
if (client.state === "connected") void join();

async function join(): Promise<void> {
  const { width, height, coinsToWin } = await client.call("join", { arena }) as Entry;
  field.style.setProperty("--width", String(width));
  field.style.setProperty("--height", String(height));
  news.textContent ||= `Ten times a second everybody runs a step. First to ${coinsToWin} coins wins.`;
}

function put(name: string, piece: Piece | null): void {
  const known = pieces.get(name);
  if (piece === null) {
    known?.view.remove();
    pieces.delete(name);
  } else {
    const view = known?.view ?? show(name, piece);
    view.dataset.x = String(piece.x);
    view.dataset.y = String(piece.y);
    view.style.setProperty("--x", view.dataset.x);
    view.style.setProperty("--y", view.dataset.y);
    pieces.set(name, { piece, view });
  }
  drawScores();
}

function show(name: string, piece: Piece): HTMLElement {
  const view = element("div", piece.coins === undefined ? "coin" : "player", piece.coins === undefined ? "" : name.replace("$", "").slice(0, 2).toUpperCase());
  view.dataset.name = name;
  view.style.setProperty("--hue", String(hueOf(name)));
  field.append(view);
  return view;
}

function drawScores(): void {
  const players = [...pieces].flatMap(([name, { piece }]) => piece.coins === undefined ? [] : [{ name, coins: piece.coins }]);
  players.sort((a, b) => b.coins - a.coins || a.name.localeCompare(b.name));
  byId("scores").replaceChildren(...players.map(({ name, coins }) =>
    element("li", "", element("span", "", name === client.user ? `${name} (you)` : name), element("span", "badge", String(coins)))));
}

function clear(): void {
  for (const { view } of pieces.values()) view.remove();
  pieces.clear();
  drawScores();
}

/** A move is a publication of one's own; the arena listens to them. */
function run(to: string): void {
  void client.publish(`moves:${arena}`, { to }).catch(() => { news.textContent = "Not so fast."; });
}

const keys: Record<string, string> = {
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", w: "up", s: "down", a: "left", d: "right",
};
addEventListener("keydown", (event) => {
  const to = keys[event.key];
  if (to === undefined || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  run(to);
});
for (const button of byId("pad").querySelectorAll("button")) button.onclick = () => run(button.dataset.to!);
