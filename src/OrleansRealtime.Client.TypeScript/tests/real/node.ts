// A fleet in a process of Node.js. Takes its options as the argument; each line of stdin is a question, each of stdout its answer.
import { createInterface } from "node:readline";
import WebSocket from "ws";
import type { WebSocketConstructor } from "../../src/index.js";
import { Fleet, type FleetOptions } from "./fleet.js";

process.on("unhandledRejection", (error) => {
  console.error("unhandled rejection", error);
  process.exit(3);
});

const fleet = new Fleet(JSON.parse(process.argv[2]!) as FleetOptions, { WebSocket: WebSocket as unknown as WebSocketConstructor });
const lines = createInterface({ input: process.stdin });
lines.on("line", (question) => {
  const answer = question === "stop" ? fleet.stop() : Promise.resolve(fleet.report());
  void answer.then((report) => console.log(JSON.stringify(report)));
});
lines.on("close", () => process.exit(0));
