// The geometry of a line chart: from points to paths and ticks. Pure; pixels, with y growing downwards.

// The smallest "round" number that is at least this: 1, 2 or 5 times a power of ten.
export function niceCeiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  // A little slack, or 0.3 / 0.1 = 2.9999999999999996 and its like would jump to the next step.
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value * (1 - 1e-9));
}

export function frame(width, height, margin = { top: 8, right: 8, bottom: 18, left: 40 }) {
  return { left: margin.left, top: margin.top, right: Math.max(margin.left + 1, width - margin.right), bottom: height - margin.bottom };
}

export function scale(box, from, to, max) {
  const across = (box.right - box.left) / Math.max(1, to - from), up = (box.bottom - box.top) / max;
  return { x: at => box.left + (at - from) * across, y: value => box.bottom - Math.min(value, max) * up };
}

// Runs of points that follow each other: a missing value, or a second that nobody told of, is a hole in the line.
export function runs(points, pick, mostGap = 2500) {
  const all = [];
  let run = [], last = null;
  for (const point of points) {
    const value = pick(point);
    if (value === null || value === undefined) continue;
    if (last !== null && point.at - last > mostGap && run.length > 0) { all.push(run); run = []; }
    run.push({ at: point.at, value });
    last = point.at;
  }
  if (run.length > 0) all.push(run);
  return all;
}

const round = value => Math.round(value * 10) / 10;

export const linePath = (all, { x, y }) => all.map(run => run.length === 1
  ? `M${round(x(run[0].at) - 1)} ${round(y(run[0].value))}h2`
  : run.map(({ at, value }, i) => `${i ? "L" : "M"}${round(x(at))} ${round(y(value))}`).join("")).join("");

export const areaPath = (all, { x, y }, bottom) => all.filter(run => run.length > 1).map(run =>
  `M${round(x(run[0].at))} ${round(bottom)}${run.map(({ at, value }) => `L${round(x(at))} ${round(y(value))}`).join("")}` +
  `L${round(x(run.at(-1).at))} ${round(bottom)}Z`).join("");

// Where the minutes lie, counted back from now.
export function minuteTicks(from, to, every = 60_000) {
  const ticks = [];
  for (let ago = 0; to - ago >= from; ago += every) ticks.push({ at: to - ago, label: ago === 0 ? "now" : `−${ago / 60_000} min` });
  return ticks.reverse();
}

// What a chart shows, for those who do not see it: of each line the latest, the mean and the highest.
export function summary(points, lines, show) {
  return lines.map(({ name, pick }) => {
    const values = points.map(pick).filter(value => value !== null && value !== undefined);
    if (values.length === 0) return `${name}: nothing yet`;
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return `${name}: now ${show(values.at(-1))}, mean ${show(mean)}, highest ${show(Math.max(...values))}`;
  }).join(". ");
}

// The table under a chart: a row for each ten seconds, the newest first.
export function tableRows(points, lines, step = 10_000, most = 30) {
  const groups = new Map();
  for (const point of points) {
    const at = Math.floor(point.at / step) * step;
    groups.set(at, [...(groups.get(at) ?? []), point]);
  }
  return [...groups].sort(([a], [b]) => b - a).slice(0, most).map(([at, group]) => ({
    at,
    values: lines.map(({ pick }) => {
      const values = group.map(pick).filter(value => value !== null && value !== undefined);
      return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
    }),
  }));
}
