// A line chart in a figure: drawn to the size that it has, with its summary in words and its values as a table.

import { areaPath, frame, linePath, minuteTicks, niceCeiling, runs, scale, summary, tableRows } from "./chart.js";
import { h, put, table } from "./dom.js";
import { clock } from "./format.js";

const height = 150;
let lastId = 0;

// lines: [{ name, pick, tone, area }]; show: how a value is written.
export function lineChart(title, lines, show, window = 300_000) {
  const id = `chart-${++lastId}`;
  const svg = h("svg", { class: "plot", height, role: "img", "aria-labelledby": `${id}-title ${id}-words`, "data-testid": "plot" });
  const legend = h("ul", { class: "legend" });
  const words = h("p", { id: `${id}-words`, class: "hidden" });
  const values = h("div", {});
  const details = h("details", { ontoggle: () => draw() }, h("summary", {}, "Values as a table"), values);
  const figure = h("figure", { class: "card chart" },
    h("figcaption", {}, h("h2", { id: `${id}-title` }, title), legend), svg, words, details);
  let points = [], now = 0, pointed = null;

  const at = event => {
    const box = frame(svg.clientWidth, height), x = event.clientX - svg.getBoundingClientRect().left;
    const time = now - window + (x - box.left) / (box.right - box.left) * window;
    return points.reduce((best, point) => !best || Math.abs(point.at - time) < Math.abs(best.at - time) ? point : best, null);
  };
  svg.addEventListener("pointermove", event => { pointed = at(event); draw(); });
  svg.addEventListener("pointerleave", () => { pointed = null; draw(); });
  new ResizeObserver(() => draw()).observe(svg);

  function draw() {
    const width = svg.clientWidth;
    if (width === 0) return;
    const from = now - window, shown = points.filter(point => point.at >= from);
    const highest = Math.max(0, ...shown.flatMap(point => lines.map(({ pick }) => pick(point) ?? 0)));
    const max = niceCeiling(highest), box = frame(width, height, { top: 8, right: 8, bottom: 18, left: 48 }), to = scale(box, from, now, max);
    const ticks = minuteTicks(from, now).filter((_, i, all) => width > 420 || (all.length - 1 - i) % 2 === 0);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    put(svg, ...[0, max / 2, max].map(value => [
      h("line", { class: "grid", x1: box.left, x2: box.right, y1: to.y(value), y2: to.y(value) }),
      h("text", { class: "tick", x: box.left - 6, y: to.y(value) + 4, "text-anchor": "end" }, show(value)),
    ]), ...ticks.map(tick => h("text", {
      class: "tick", x: to.x(tick.at), y: height - 3, "text-anchor": tick.at === now ? "end" : tick.at - from < 20_000 ? "start" : "middle",
    }, tick.label)), ...lines.map(({ pick, tone, area }) => {
      const all = runs(shown, pick);
      return [area ? h("path", { class: `area ${tone}`, d: areaPath(all, to, box.bottom) }) : null, h("path", { class: `line ${tone}`, d: linePath(all, to) })];
    }), pointed ? h("line", { class: "pointer", x1: to.x(pointed.at), x2: to.x(pointed.at), y1: box.top, y2: box.bottom }) : null);
    const last = pointed ?? shown.at(-1);
    put(legend, lines.map(({ name, pick, tone }) => h("li", { class: tone }, name, " ", h("b", {}, last ? show(pick(last)) : "–"))),
      pointed ? h("li", { class: "faint" }, clock(pointed.at)) : null);
    words.textContent = summary(shown, lines, show);
    if (details.open) {
      put(values, table(title, ["Time", ...lines.map(({ name }) => `#${name}`)],
        tableRows(shown, lines).map(({ at, values }) => ({ cells: [clock(at), ...values.map(show)] })), "Nothing yet."));
    }
  }

  return { figure, update: (next, time) => { points = next; now = time; draw(); } };
}
