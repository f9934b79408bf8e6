// A fleet in a page of a browser.
import { Fleet, type FleetOptions } from "./fleet.js";

const unhandled: string[] = [];
addEventListener("unhandledrejection", (event) => unhandled.push(String(event.reason)));

Object.assign(globalThis, {
  startFleet(options: string): void {
    const fleet = new Fleet(JSON.parse(options) as FleetOptions, {});
    const answer = (report: object): string => JSON.stringify({ ...report, faults: [...fleet.report().faults, ...unhandled] });
    Object.assign(globalThis, { stopFleet: async () => answer(await fleet.stop()), askFleet: () => answer(fleet.report()) });
  },
});
