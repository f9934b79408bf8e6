// Numbers and times as people read them. Pure.

const units = ["", "k", "M", "G", "T"];

// 3 significant digits: 1234 → "1.23k", 0.5 → "0.5".
export function count(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  let i = 0, rest = Math.abs(value);
  while (rest >= 999.5 && i < units.length - 1) { rest /= 1000; i++; }
  const digits = rest >= 99.5 || (i === 0 && Number.isInteger(value)) ? 0 : rest >= 9.95 ? 1 : 2;
  return `${value < 0 ? "−" : ""}${trim(rest.toFixed(digits))}${units[i]}`;
}

const trim = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;

export const rate = value => `${count(value)}/s`;

export function bytes(value) {
  if (value === null || value === undefined) return "–";
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  let i = 0;
  while (value >= 1024 && i < names.length - 1) { value /= 1024; i++; }
  return `${trim(value.toFixed(value >= 100 || i === 0 ? 0 : 1))} ${names[i]}`;
}

// Milliseconds, from microseconds up.
export function duration(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${trim(ms.toFixed(ms < 10 ? 1 : 0))} ms`;
  return `${trim((ms / 1000).toFixed(1))} s`;
}

// How long something lasted, in its two largest parts.
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([size]) => seconds >= size);
  if (first < 0) return "0 s";
  const [size, unit] = parts[first];
  const head = `${Math.floor(seconds / size)} ${unit}`;
  const next = parts[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return rest > 0 ? `${head} ${rest} ${next[1]}` : head;
}

export const clock = at => new Date(at).toLocaleTimeString([], { hour12: false });
export const moment = at => new Date(at).toLocaleString([], { hour12: false, dateStyle: "short", timeStyle: "medium" });
export const percent = share => `${Math.round(share * 100)} %`;

const closeWords = {
  1000: "closed by the client", 1001: "going away", 1002: "WebSocket protocol error", 1003: "not the negotiated format",
  1006: "cut off", 1007: "not UTF-8", 1009: "message too large", 1011: "server fault", 4001: "authentication required",
  4003: "forbidden", 4009: "replaced by a newer session", 4010: "token expired", 4029: "abusive", 4030: "kicked", 4031: "banned",
  4503: "draining", 4504: "no sign of life", 4508: "too slow", 4513: "too many connections",
};

export const closeWord = code => closeWords[code] ?? "";
// What an operator should look at, and what happens every day.
export const closeTone = code => [1000, 1001, 4010, 4503, 4009].includes(Number(code)) ? "calm" : code >= 4500 || code === "1011" ? "bad" : "warn";
