import { byId } from "../../Shared/page/elements.js";
import { colorOf, scale } from "./colors.js";

const columns = 50, rows = 40;

byId("scale").style.background = scale;

/** One pixel per sensor; the browser makes it large, and smooth. */
export function drawMap(canvas: HTMLCanvasElement, latest: Float32Array): void {
  const image = new ImageData(columns, rows);
  latest.forEach((temperature, sensor) => {
    if (!Number.isNaN(temperature)) image.data.set([...colorOf(temperature), 255], sensor * 4);
  });
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

/** Which sensor was clicked. */
export function pickOnMap({ offsetX, offsetY, target }: MouseEvent): number {
  const { clientWidth, clientHeight } = target as HTMLElement;
  return Math.floor(offsetY / clientHeight * rows) * columns + Math.floor(offsetX / clientWidth * columns);
}

/** Puts the mark on a sensor. */
export function markMap(mark: HTMLElement, sensor: number): void {
  mark.style.left = `${(sensor % columns + .5) / columns * 100}%`;
  mark.style.top = `${(Math.floor(sensor / columns) + .5) / rows * 100}%`;
}

/** Draws values over time, `NaN` left out, and says between which they lie. */
export function drawLine(canvas: HTMLCanvasElement, values: Float32Array): string {
  const width = canvas.width = canvas.clientWidth * devicePixelRatio, height = canvas.height = canvas.clientHeight * devicePixelRatio;
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return "";
  const low = Math.floor(Math.min(...known)), high = Math.max(Math.ceil(Math.max(...known)), low + 1);
  const line = new Path2D(), y = (value: number) => height - (value - low) / (high - low) * (height - 4) - 2;
  values.forEach((value, step) => { if (!Number.isNaN(value)) line.lineTo(step / (values.length - 1) * width, y(value)); });
  const pen = canvas.getContext("2d")!;
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.lineWidth = 2 * devicePixelRatio;
  pen.lineJoin = "round";
  pen.stroke(line);
  return `${low} to ${high} °C`;
}
