/** The TypeScript of MIGRATING.md, type-checked. The rules of the repository compare the two. */
import { RealtimeClient } from "../src/index.js";

declare function reload(): void;
declare function show(seq: number, data: unknown): void;
declare function getToken(): Promise<string>;

export async function fromSocketIo(): Promise<void> {
  const client = new RealtimeClient("https://example.com");
  const lobby = client.subscribe("chat:lobby", { last: 20 });
  lobby.on("publication", ({ from, data }) => console.log(from, data));
  lobby.on("subscribed", ({ recovered }) => { if (!recovered) reload(); });
  client.connect();
  await client.publish("chat:lobby", { text: "Hello" });
  client.signal("chat:lobby", { typing: true });
}

export function fromCentrifugo(seq: number, epoch: string): void {
  const client = new RealtimeClient("https://example.com", { token: getToken });
  const subscription = client.subscribe("chat:lobby", { from: { seq, epoch } });
  subscription.on("publication", (publication) => show(publication.seq, publication.data));
  subscription.on("subscribed", ({ recovered }) => { if (!recovered) reload(); });
  client.connect();
}
