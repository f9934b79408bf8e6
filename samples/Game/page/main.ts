import { followRoster, type RealtimeError, type Roster } from "orleansrealtime";
import { byId, element } from "../../Shared/page/elements.js";
import { signIn } from "../../Shared/page/sign-in.js";
import { emptyBoard, scoreOf, seatOf, Tiles, type Board } from "./board.js";
import { Pointers } from "./pointers.js";

const client = await signIn("Open this page in a second window with another name, and play against yourself.");
const channel = `game:${new URLSearchParams(location.search).get("game") ?? "meadow"}`;
const game = client.subscribe(channel, { presence: true });
const tiles = new Tiles(byId("board"), (tile) => void take(tile));
const wished = new Set<number>();
let board = emptyBoard;
let present: Roster = new Map();
new Pointers(client, game, byId("table"), (user) => seatOf(board, user));

// The referee has moved: this is the board now, for all, whatever a page believed.
game.on("publication", ({ data }) => {
  board = data as Board;
  draw();
  for (const tile of board.last?.taken ?? []) tiles.play(tile, "taken");
});
followRoster(client, game, (roster) => { present = roster; draw(); });
byId("sit").onclick = () => void wish({ sit: true });
byId("again").onclick = () => void wish({ again: true });
draw();
void wish({ sit: true });

/** Shows the move at once, faintly; whether it counts the referee says. */
async function take(tile: number): Promise<void> {
  wished.add(tile);
  draw();
  const answer = await wish({ tile });
  if (answer === null) tiles.play(tile, "refused");
  else if (answer.taken > 0) say(answer.taken === 1 ? "You took one more." : `You took ${answer.taken} more.`);
  wished.delete(tile);
  draw();
}

/** What the referee answers, or null when it refuses; then it says why. */
async function wish(move: { sit: true } | { again: true } | { tile: number }): Promise<{ taken: number } | null> {
  try {
    const { data } = await client.publish(channel, move, { key: "board" });
    say("");
    return data as { taken: number } ?? { taken: 0 };
  } catch (error) {
    say((error as RealtimeError).message, "refusal");
    return null;
  }
}

function say(what: string, kind = ""): void {
  byId("said").textContent = what;
  byId("said").className = kind;
}

function draw(): void {
  const mine = seatOf(board, client.user), scores = board.seats.map((_, seat) => scoreOf(board, seat));
  tiles.draw(board, wished, mine);
  byId("seats").replaceChildren(...board.seats.map((seat, number) => {
    const kind = [seat === null ? "empty" : "", number === mine ? "mine" : "", seat !== null && !present.has(seat.user) ? "away" : ""].join(" ");
    const item = element("li", kind, element("span", "name", seat?.user ?? "free seat"), element("span", "score", String(scores[number])));
    item.dataset["seat"] = String(number);
    return item;
  }));
  byId("shares").replaceChildren(...scores.map((score, number) => {
    const share = element("span");
    share.dataset["seat"] = String(number);
    share.style.flexGrow = String(score);
    return share;
  }));
  const isOver = !board.tiles.includes(".");
  byId("sit").hidden = mine >= 0;
  byId("again").hidden = !isOver || mine < 0;
  if (isOver) say(`${board.seats[scores.indexOf(Math.max(...scores))]?.user ?? "Nobody"} wins with ${Math.max(...scores)} tiles.`);
}
