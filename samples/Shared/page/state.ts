import type { RealtimeClient } from "orleansrealtime";

/** Shows in the element `#state` whether the client is connected. To be called before `connect`. */
export function showState(client: RealtimeClient): void {
  const shown = document.getElementById("state")!;
  client.on("state", ({ state, reason }) => {
    shown.dataset.state = state;
    shown.textContent = { connected: "Connected", connecting: "Connecting…", closed: `Closed: ${reason}` }[state];
  });
}
