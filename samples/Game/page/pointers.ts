import type { RealtimeClient, Subscription } from "orleansrealtime";
import { byId, element } from "../../Shared/page/elements.js";
import { side } from "./board.js";

/** Milliseconds: how often a pointer is told at most. */
const interval = 60;

/** A place on the board, 0 to 1 from left to right and from top to bottom; null when the pointer has left it. */
type Place = { readonly x: number; readonly y: number } | null;

/** Shows the others' pointers and tells them this page's, by signals: the next one makes up for one that is lost. */
export class Pointers {
  readonly #client: RealtimeClient;
  readonly #channel: string;
  readonly #seatOf: (user: string) => number;
  readonly #shown = new Map<string, HTMLElement>();

  constructor(client: RealtimeClient, game: Subscription, table: HTMLElement, seatOf: (user: string) => number) {
    this.#client = client;
    this.#channel = game.channel;
    this.#seatOf = seatOf;
    game.on("signal", ({ from, data }) => this.#show(from, data as Place));
    game.on("leave", ({ user }) => this.#show(user, null));
    client.on("state", () => { for (const user of [...this.#shown.keys()]) this.#show(user, null); });

    table.onpointermove = ({ clientX, clientY }) => {
      const { left, top, width, height } = table.getBoundingClientRect();
      this.#tell({ x: (clientX - left) / width, y: (clientY - top) / height });
    };
    table.onpointerleave = () => this.#tell(null);
    table.addEventListener("focusin", ({ target }) => {
      const tile = [...table.querySelectorAll("button")].indexOf(target as HTMLButtonElement);
      this.#tell({ x: (tile % side + .5) / side, y: (Math.floor(tile / side) + .5) / side });
    });
  }

  #tell(place: Place): void {
    this.#client.signal(this.#channel, place, { key: "pointer", throttleMs: interval });
  }

  #show(user: string, place: Place): void {
    if (place === null || user === this.#client.user) {
      this.#shown.get(user)?.remove();
      this.#shown.delete(user);
      return;
    }
    const pointer = this.#shown.get(user) ?? element("span", "pointer", user);
    pointer.style.setProperty("--x", String(place.x));
    pointer.style.setProperty("--y", String(place.y));
    pointer.dataset["seat"] = String(this.#seatOf(user));
    if (!this.#shown.has(user)) byId("pointers").append(pointer);
    this.#shown.set(user, pointer);
  }
}
