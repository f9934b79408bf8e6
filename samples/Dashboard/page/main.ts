import { RealtimeClient, type Publication, type Subscription } from "orleansrealtime";
import { byId } from "../../Shared/page/elements.js";
import { showState } from "../../Shared/page/state.js";
import { drawLine, drawMap, markMap, pickOnMap } from "./plots.js";
import { History } from "./readings.js";
import { Statistics } from "./statistics.js";

const channel = "hall:temperature";
const history = new History(2000);
const statistics = new Statistics();
const client = new RealtimeClient("/");
const sensor = byId<HTMLInputElement>("sensor"), interval = byId<HTMLSelectElement>("interval"), pause = byId<HTMLButtonElement>("pause");
let subscription: Subscription | undefined;

/** The channel is compact: first comes the latest reading of every sensor, then what changes, of each sensor the newest per interval. */
function follow(): void {
  subscription?.unsubscribe();
  subscription = client.subscribe(channel, interval.value === "" ? {} : { conflate: Number(interval.value) });
  subscription.on("publication", (publication) => take(publication));
  subscription.on("subscribed", () => statistics.begin());
}

function take(publication: Publication): void {
  statistics.count(publication);
  if (publication.key === "paused") showPause(publication.data === true);
  else history.set(Number(publication.key), publication.data as number);
}

function draw(): void {
  drawMap(byId<HTMLCanvasElement>("map"), history.latest);
  const { valueAsNumber: chosen } = sensor;
  const latest = history.latest[chosen];
  byId("reading").textContent = latest === undefined || Number.isNaN(latest) ? "–" : `${latest.toFixed(1)} °C`;
  if (latest !== undefined) byId("range").textContent = drawLine(byId<HTMLCanvasElement>("line"), history.of(chosen));
  markMap(byId("mark"), chosen);
}

function showPause(isPaused: boolean): void {
  pause.ariaPressed = String(isPaused);
  pause.textContent = isPaused ? "Continue" : "Pause";
}

pause.onclick = () => client.call(pause.ariaPressed === "true" ? "continue" : "pause", null);
interval.onchange = follow;
byId("map").onclick = (event) => { sensor.valueAsNumber = pickOnMap(event); };
setInterval(() => {
  history.remember();
  requestAnimationFrame(draw);
}, 100);
setInterval(() => statistics.show(), 1000);

showState(client);
follow();
client.connect();
