// What the console knows, as plain values, and how a publication changes it. Pure: each function returns a new state.

export const mostPoints = 300;      // five minutes, a point per second
export const silentAfter = 5000;    // a node that said nothing for so long is shown as silent …
export const goneAfter = 60_000;    // … and then no more
const mostActs = 500;

// now is the server's time as far as it is known, heard that of the last word of any node.
export const empty = { nodes: {}, acts: [], now: 0, heard: 0 };

// A publication of console:nodes. The key is "{node}", "{node}/channels" or "{node}/past"; null takes it away.
export function takeNode(state, key, data, at) {
  const [id, part] = key.split("/");
  const now = Math.max(state.now, at), heard = Math.max(state.heard, at);
  const before = state.nodes[id] ?? { id, sample: null, channels: [], points: [], seen: 0, first: null };
  if (data === null) {
    if (part) return { ...state, now, heard };
    const { [id]: _, ...nodes } = state.nodes;
    return { ...state, nodes, now, heard };
  }
  return { ...state, now, heard, nodes: { ...state.nodes, [id]: { ...takePart(before, part, data), seen: Math.max(before.seen, at) } } };
}

function takePart(node, part, data) {
  if (part === "channels") return { ...node, channels: data };
  if (part === "past") return { ...node, points: mergePoints(node.points, data.points.map(toPoint)) };
  return { ...node, sample: data, first: node.first ?? data, points: mergePoints(node.points, [pointOf(data)]) };
}

const toPoint = ([at, inward, outward, p50, p99, connections]) => ({ at, in: inward, out: outward, p50, p99, connections });
const pointOf = sample => ({
  at: sample.at, in: sample.rates.in, out: sample.rates.out, p50: sample.delivery.p50, p99: sample.delivery.p99,
  connections: sum(sample.connections),
});

// Both lists by second, the later word on a second wins, and the oldest are dropped.
export function mergePoints(one, other) {
  const bySecond = new Map();
  for (const point of [...one, ...other]) bySecond.set(Math.floor(point.at / 1000), point);
  return [...bySecond.values()].sort((a, b) => a.at - b.at).slice(-mostPoints);
}

export const sum = values => Object.values(values ?? {}).reduce((total, value) => total + value, 0);

// The nodes that are worth showing, by name; those that fell silent say so.
export function liveNodes({ nodes, now }) {
  return Object.values(nodes)
    .filter(node => node.sample && now - node.seen < goneAfter)
    .map(node => ({ ...node, isSilent: now - node.seen >= silentAfter }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

// All nodes together, for the line of large numbers.
export function totals(state) {
  const nodes = liveNodes(state).filter(node => !node.isSilent);
  const samples = nodes.map(node => node.sample);
  const add = pick => samples.reduce((total, sample) => total + pick(sample), 0);
  const most = pick => samples.reduce((highest, sample) => {
    const value = pick(sample);
    return value === null ? highest : Math.max(highest ?? 0, value);
  }, null);
  return {
    nodes: nodes.length,
    websocket: add(s => s.connections.websocket ?? 0),
    sse: add(s => s.connections.sse ?? 0),
    users: add(s => s.users),
    subscriptions: add(s => s.subscriptions),
    channels: Math.max(mergeChannels(nodes).length, ...samples.map(s => s.channels), 0),
    in: add(s => s.rates.in),
    out: add(s => s.rates.out),
    bytesIn: add(s => s.rates.bytesIn),
    bytesOut: add(s => s.rates.bytesOut),
    queued: add(s => s.queuedBytes),
    // Of the slowest node: quantiles of several cannot be added up.
    p50: most(s => s.delivery.p50),
    p99: most(s => s.delivery.p99),
  };
}

// One line of points for all nodes: rates and connections are added up, latencies are those of the slowest node.
export function seriesOf(state) {
  const bySecond = new Map();
  for (const node of Object.values(state.nodes)) {
    for (const point of node.points) {
      const second = Math.floor(point.at / 1000);
      const all = bySecond.get(second) ?? { at: second * 1000, in: 0, out: 0, connections: 0, p50: null, p99: null };
      bySecond.set(second, {
        at: all.at, in: all.in + point.in, out: all.out + point.out, connections: all.connections + point.connections,
        p50: higher(all.p50, point.p50), p99: higher(all.p99, point.p99),
      });
    }
  }
  return [...bySecond.values()].sort((a, b) => a.at - b.at).slice(-mostPoints);
}

const higher = (one, other) => one === null ? other : other === null ? one : Math.max(one, other);

// A channel on two nodes is one: its subscribers add up; its rate is the same everywhere, and seen late somewhere.
export function mergeChannels(nodes) {
  const byName = new Map();
  for (const node of nodes) {
    for (const one of node.channels) {
      const all = byName.get(one.channel);
      byName.set(one.channel, all ? {
        ...all, subscribers: all.subscribers + one.subscribers, behind: all.behind + one.behind, nodes: all.nodes + 1,
        rate: Math.max(all.rate, one.rate), lag: Math.max(all.lag, one.lag), seq: Math.max(all.seq, one.seq),
      } : { ...one, nodes: 1 });
    }
  }
  return [...byName.values()].sort((a, b) =>
    b.rate - a.rate || b.subscribers - a.subscribers || a.channel.localeCompare(b.channel));
}

// What happened of one kind, over all nodes since each started, the most first: [name, count, of those since this page opened].
export function tally(nodes, kind) {
  const all = new Map();
  for (const { sample, first } of nodes) {
    for (const [name, value] of Object.entries(sample[kind] ?? {})) {
      const [total, fresh] = all.get(name) ?? [0, 0];
      all.set(name, [total + value, fresh + value - (first?.[kind]?.[name] ?? 0)]);
    }
  }
  return [...all].map(([name, [total, fresh]]) => ({ name, total, fresh })).sort((a, b) => b.total - a.total || a.name.localeCompare(b.name));
}

// A publication of the audit trail; newest first, each once.
export function takeAct(state, act) {
  if (state.acts.some(one => one.seq === act.seq && one.epoch === act.epoch)) return state;
  const acts = [...state.acts, act].sort((a, b) => b.at - a.at || b.seq - a.seq).slice(0, mostActs);
  return { ...state, acts };
}

export const actsOn = ({ acts }, { user, channel }) =>
  acts.filter(act => user ? act.user === user : act.channel === channel);
