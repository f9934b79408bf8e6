/** Steps of the last minute that are remembered, ten a second. */
export const steps = 600;

/** The latest reading of each sensor, and where it stood in the last minute. `NaN`: not known. */
export class History {
  readonly latest: Float32Array;
  readonly #past: Float32Array;
  #now = 0;

  constructor(sensors: number) {
    this.latest = new Float32Array(sensors).fill(Number.NaN);
    this.#past = new Float32Array(sensors * steps).fill(Number.NaN);
  }

  set(sensor: number, temperature: number): void {
    this.latest[sensor] = temperature;
  }

  /** Notes where all sensors stand now. */
  remember(): void {
    this.#now = (this.#now + 1) % steps;
    for (let sensor = 0; sensor < this.latest.length; sensor++) this.#past[sensor * steps + this.#now] = this.latest[sensor]!;
  }

  /** The last minute of a sensor, oldest first. */
  of(sensor: number): Float32Array {
    const ring = this.#past.subarray(sensor * steps, (sensor + 1) * steps), ordered = new Float32Array(steps);
    ordered.set(ring.subarray(this.#now + 1));
    ordered.set(ring.subarray(0, this.#now + 1), steps - this.#now - 1);
    return ordered;
  }
}
