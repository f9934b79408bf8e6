// The channels that nodes are busiest with, and the way into any.

import { card, h, put } from "../dom.js";
import { liveNodes, mergeChannels } from "../model.js";
import { channelTable, lookFor } from "./parts.js";

export function mount(main) {
  const list = h("div", {});
  main.append(h("h1", {}, "Channels"), lookFor("channel", "Look into a channel", "chat:general"),
    card("Busiest channels", h("p", { class: "faint" }, "The busiest of each node, by publications per second and then by subscribers."), list));
  return state => put(list, channelTable(mergeChannels(liveNodes(state)), "No channel has a subscriber."));
}
