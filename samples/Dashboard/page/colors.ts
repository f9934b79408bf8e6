// Dark is cold and light is warm, which also those see who do not tell the colours apart.
const stops = [[20, 11, 52], [86, 16, 110], [150, 38, 103], [207, 68, 70], [243, 121, 24], [249, 190, 40], [252, 254, 164]] as const;

/** The temperatures at both ends of the scale, in °C. */
export const coldest = 20, warmest = 42;

/** Red, green and blue, 0 to 255. */
export function colorOf(temperature: number): [number, number, number] {
  const at = Math.min(Math.max((temperature - coldest) / (warmest - coldest), 0), 1) * (stops.length - 1);
  const below = stops[Math.floor(at)]!, above = stops[Math.ceil(at)]!, share = at % 1;
  return [0, 1, 2].map((part) => below[part]! + (above[part]! - below[part]!) * share) as [number, number, number];
}

/** The whole scale, as a CSS background. */
export const scale = `linear-gradient(to right, ${stops.map((stop) => `rgb(${stop.join(" ")})`).join(", ")})`;
