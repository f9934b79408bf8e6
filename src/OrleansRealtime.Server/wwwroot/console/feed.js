// The live side: the channels that the server feeds, as changes of the state.

import { Realtime } from "../realtime.js";
import { takeAct, takeNode } from "./model.js";

const actsAtStart = 200;

export function connect(getToken, { change, onState, onRefused }) {
  const client = new Realtime(new URL("/v1/ws", location.href).href.replace(/^http/, "ws"), getToken);
  const act = ({ seq, data }) => change(state => takeAct(state, { ...data, seq }));
  client.addEventListener("state", ({ detail }) => onState(client.state, detail));
  client.subscribe("console:nodes", {}, {
    onPublication: ({ key, data, ts }) => change(state => takeNode(state, key, data, ts)),
    // The server sends the latest of each key anew; what was known of the past stays.
    onReload: () => {},
    onEnd: onRefused,
  });
  client.subscribe("console-audit:acts", { last: actsAtStart }, {
    onPublication: act,
    onReload: async () => {
      const { publications } = await client.history("console-audit:acts", actsAtStart);
      change(state => publications.reduce((all, one) => takeAct(all, { ...one.payload, seq: one.seq }), { ...state, acts: [] }));
    },
    onEnd: onRefused,
  });
  client.start();
  return client;
}
