import { element } from "../../Shared/page/elements.js";

/** What the referee publishes after each move. */
export interface Board {
  /** Row by row: `.` for a free tile, otherwise the number of its seat. */
  readonly tiles: string;
  readonly seats: readonly ({ readonly user: string } | null)[];
  readonly last: { readonly seat: number; readonly tile: number; readonly taken: readonly number[] } | null;
}

export const side = 10;
export const emptyBoard: Board = { tiles: ".".repeat(side * side), seats: [null, null, null, null], last: null };

export function scoreOf(board: Board, seat: number): number {
  return board.tiles.split(String(seat)).length - 1;
}

export function seatOf(board: Board, user: string | undefined): number {
  return board.seats.findIndex((seat) => seat !== null && seat.user === user);
}

/** The grid of buttons. Arrow keys move in it, and one press of the tabulator leaves it. */
export class Tiles {
  readonly #buttons: readonly HTMLButtonElement[];

  constructor(grid: HTMLElement, onPress: (tile: number) => void) {
    this.#buttons = Array.from({ length: side * side }, (_, tile) => {
      const button = element("button");
      button.role = "gridcell";
      button.tabIndex = tile === 0 ? 0 : -1;
      button.onclick = () => onPress(tile);
      button.onfocus = () => { for (const other of this.#buttons) other.tabIndex = other === button ? 0 : -1; };
      button.onanimationend = () => button.classList.remove("taken", "refused");
      return button;
    });
    for (let row = 0; row < side; row++) {
      const cells = element("div", "", ...this.#buttons.slice(row * side, (row + 1) * side));
      cells.role = "row";
      grid.append(cells);
    }
    grid.onkeydown = (event) => this.#move(event);
  }

  /** Draws the board, and over it the moves that the referee has not answered yet. */
  draw(board: Board, wished: ReadonlySet<number>, mine: number): void {
    this.#buttons.forEach((button, tile) => {
      const isWished = wished.has(tile) && board.tiles[tile] === ".";
      const digit = isWished ? String(mine) : board.tiles[tile]!;
      const owner = digit === "." ? "free" : board.seats[Number(digit)]?.user ?? "nobody's any more";
      if (digit === ".") delete button.dataset["seat"];
      else button.dataset["seat"] = digit;
      button.classList.toggle("wished", isWished);
      button.ariaLabel = `Row ${Math.floor(tile / side) + 1}, column ${tile % side + 1}: ${owner}`;
    });
  }

  /** Shows once what a move did. */
  play(tile: number, kind: "taken" | "refused"): void {
    this.#buttons[tile]?.classList.add(kind);
  }

  #move(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key], tile = this.#buttons.indexOf(event.target as HTMLButtonElement);
    if (step === undefined || tile < 0) return;
    event.preventDefault();
    const x = Math.min(side - 1, Math.max(0, tile % side + step[0])), y = Math.min(side - 1, Math.max(0, Math.floor(tile / side) + step[1]));
    this.#buttons[y * side + x]!.focus();
  }
}
