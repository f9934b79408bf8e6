import type { RealtimeClient, Subscription } from "orleansrealtime";
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, modifyAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import type { Doc } from "yjs";
import { hueOf } from "../../Shared/page/elements.js";

/** Milliseconds: how often a cursor is told at most. */
const interval = 50;

/** Tells the others where this page's cursor is, and hears of theirs, by signals: they have no number and are kept nowhere. */
export function shareCursors(client: RealtimeClient, subscription: Subscription, doc: Doc): Awareness {
  const awareness = new Awareness(doc);
  let isDue = false;
  const tell = (): void => {
    isDue = false;
    client.signal(subscription.channel, encodeAwarenessUpdate(awareness, [doc.clientID]), { key: String(doc.clientID) });
  };
  awareness.on("update", (_: unknown, origin: unknown) => {
    if (origin !== "local" || isDue) return;
    isDue = true;
    setTimeout(tell, interval);
  });
  const tellAgain = (): void => awareness.setLocalState(awareness.getLocalState());

  subscription.on("signal", ({ from, data }) => {
    if (!(data instanceof Uint8Array)) return tellAgain();
    // Who it is the server has checked. What they say of themselves is not asked.
    const named = modifyAwarenessUpdate(data, (state: object | null) => state && { ...state, user: lookOf(from) });
    applyAwarenessUpdate(awareness, named, "remote");
  });
  subscription.on("subscribed", () => {
    // Anything but bytes asks who is there.
    client.signal(subscription.channel, null);
    tellAgain();
  });
  client.on("state", ({ state }) => {
    if (state === "connected") return;
    removeAwarenessStates(awareness, [...awareness.getStates().keys()].filter((id) => id !== doc.clientID), "disconnected");
  });
  addEventListener("pagehide", () => { awareness.setLocalState(null); tell(); });
  addEventListener("pageshow", () => awareness.setLocalState({}));
  return awareness;
}

/** The same name has the same colour on every page; the flag's letters are white in the light and black in the dark. */
function lookOf(name: string): { name: string; color: string; colorLight: string } {
  const hue = hueOf(name);
  return { name, color: `light-dark(hsl(${hue} 65% 32%), hsl(${hue} 80% 72%))`, colorLight: `hsl(${hue} 80% 55% / 30%)` };
}
