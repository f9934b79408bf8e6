import { expect } from "vitest";
import { RealtimeClient, type Publication, type Subscription } from "../src/index.js";
import { FakeServer } from "./fake-server.js";
import type { Fields, Scenario, Step } from "./scenarios.js";
import { settled } from "./virtual-clock.js";

// Longer than any backoff, shorter than the silence that a ping breaks.
const restMs = 40_000;

/** One client, one fake server, and what the application was told. */
class ScenarioRun {
  readonly server = new FakeServer();
  readonly client = new RealtimeClient("ws://server/v1/ws", {
    token: this.server.token,
    transports: ["websocket"],
    environment: this.server.environment,
  });
  readonly states: Fields[] = [];
  readonly heard = new Map<string, Publication[]>();
  readonly told = new Map<string, Fields[]>();
  readonly outcomes = new Map<string, Fields>();
  readonly kept = new Map<string, unknown>();

  constructor() {
    this.client.on("state", ({ state, code }) => this.states.push({ state, code }));
  }

  async do(step: Step): Promise<void> {
    await settled();
    switch (step.do) {
      case "app.connect": return this.client.connect();
      case "app.close": return this.client.close();
      case "app.subscribe": return this.watch(this.client.subscribe(step["channel"] as string));
      case "app.publish": return this.publish(step as unknown as { channel: string; data: unknown; mid: string });
      case "app.published": return this.takeOutcome({ mid: step["mid"], seq: step["seq"], duplicate: step["duplicate"] });
      case "app.refused": return this.takeOutcome({ mid: step["mid"], code: step["code"] });
      case "app.state": return expect(this.states.shift()).toEqual({ state: step["state"], code: step["code"] });
      case "app.hears":
        return expect(this.heard.get(step["channel"] as string)!.shift()).toMatchObject({ seq: step["seq"], data: step["data"] });
      case "app.told": {
        const { do: _, channel, ...event } = step;
        return expect(this.told.get(channel as string)!.shift()).toMatchObject(event);
      }
      case "client.asksToken": return (await this.server.next("asksToken")).give(step["token"] as string | null);
      case "client.opens": return step["refused"] === true ? this.server.refuse() : this.server.accept();
      case "client.sends": return this.match(step["message"], await this.server.command());
      case "client.closes": return void await this.server.next("closes");
      case "client.waits": return this.wait(step["ms"] as number, (step["meanwhile"] ?? []) as Step[]);
      case "client.rests": return this.server.clock.advance(restMs);
      case "server.sends": return this.server.send(this.fill(step["message"]));
      case "server.ends": return this.server.end(step["code"] as number);
      default: throw new Error(`There is no step ${step.do}.`);
    }
  }

  async finish(): Promise<void> {
    await settled();
    expect(this.server.acts).toEqual([]);
    expect(this.states).toEqual([]);
    expect([...this.heard.values()].flat()).toEqual([]);
    expect([...this.told.values()].flat()).toEqual([]);
    expect([...this.outcomes]).toEqual([]);
  }

  private watch(subscription: Subscription): void {
    const heard: Publication[] = [], told: Fields[] = [];
    this.heard.set(subscription.channel, heard);
    this.told.set(subscription.channel, told);
    subscription.on("publication", (publication) => heard.push(publication));
    subscription.on("subscribed", ({ recovered }) => told.push({ event: "subscribed", recovered }));
    subscription.on("gap", (gap) => told.push({ event: "gap", ...gap }));
    subscription.on("reset", (position) => told.push({ event: "reset", ...position }));
    subscription.on("unsubscribed", ({ code }) => told.push({ event: "unsubscribed", code }));
  }

  private publish({ channel, data, mid }: { channel: string; data: unknown; mid: string }): void {
    this.client.publish(channel, data, { mid }).then(
      ({ seq, duplicate }) => this.outcomes.set(mid, { mid, seq, duplicate }),
      ({ code }: { code: string }) => this.outcomes.set(mid, { mid, code }));
  }

  private takeOutcome(expected: Fields): void {
    const mid = expected["mid"] as string;
    expect(this.outcomes.get(mid)).toEqual(expected);
    this.outcomes.delete(mid);
  }

  private async wait(ms: number, meanwhile: Step[]): Promise<void> {
    expect(this.server.clock.due).toContain(ms);
    const before = this.server.clock.now();
    for (const step of meanwhile) await this.do(step);
    await this.server.clock.advance(before + ms - this.server.clock.now());
  }

  /** Compares, and keeps what stands in place of `"<any:x>"`. */
  private match(pattern: unknown, actual: Fields): void {
    const id = (pattern as Fields)["id"];
    if (typeof id === "string" && id.startsWith("<any:")) this.kept.set(id, actual["id"]);
    expect(actual).toEqual(this.fill(pattern));
  }

  private fill(pattern: unknown): unknown {
    return JSON.parse(JSON.stringify(pattern), (_, value: unknown) => {
      if (typeof value !== "string" || !value.startsWith("<any:")) return value;
      if (!this.kept.has(value)) throw new Error(`${value} was not kept before.`);
      return this.kept.get(value);
    });
  }
}

/** Runs a scenario; throws at the first step that does not come to pass. */
export async function run({ steps }: Scenario): Promise<void> {
  const scenario = new ScenarioRun();
  for (const [index, step] of steps.entries()) {
    try {
      await scenario.do(step);
    } catch (error) {
      if (error instanceof Error) error.message = `step ${index + 1}, ${JSON.stringify(step)}: ${error.message}`;
      throw error;
    }
  }
  await scenario.finish();
}
