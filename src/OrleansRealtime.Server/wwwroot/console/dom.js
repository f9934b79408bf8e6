// Makes elements. Text is always text: what strangers wrote is never read as HTML.

const svgNames = new Set(["svg", "path", "line", "text", "title", "g", "circle", "rect"]);

// h("p", { class: "faint", onclick: f }, "text", element, [more]); attributes that are null, undefined or false are left out.
export function h(name, attributes = {}, ...children) {
  const element = svgNames.has(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

// Puts children in place of what is there, and leaves what is the same: then focus and selection stay, and nothing flickers.
export function put(element, ...children) {
  const fresh = h("div", {}, ...children);
  patchChildren(element, fresh);
}

function patchChildren(old, fresh) {
  const theirs = [...fresh.childNodes], ours = [...old.childNodes];
  theirs.forEach((node, i) => {
    const mine = ours[i];
    if (!mine) old.append(node);
    else if (!sameKind(mine, node)) mine.replaceWith(node);
    else if (mine.nodeType === Node.TEXT_NODE) { if (mine.data !== node.data) mine.data = node.data; }
    else patch(mine, node);
  });
  for (const extra of ours.slice(theirs.length)) extra.remove();
}

// Elements with listeners say so by a key: only those of the same key are taken for the same, listeners and all.
const keyOf = node => node.getAttribute?.("data-key");
const sameKind = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function patch(mine, theirs) {
  if (mine.dataset?.keep !== undefined) return;
  for (const { name, value } of [...theirs.attributes]) if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
  for (const { name } of [...mine.attributes]) if (!theirs.hasAttribute(name) && name !== "open") mine.removeAttribute(name);
  patchChildren(mine, theirs);
}

export const $ = id => document.getElementById(id);

// A table with headers; rows are arrays of cells. Cells under a number header are aligned to the right.
export function table(caption, headers, rows, empty) {
  if (rows.length === 0) return h("p", { class: "empty" }, empty);
  const isNumber = headers.map(header => header.startsWith("#"));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, headers.map((header, i) =>
        h("th", { scope: "col", class: isNumber[i] ? "number" : null }, header.replace(/^#/, ""))))),
      h("tbody", {}, rows.map(({ cells, ...attributes }) => h("tr", attributes, cells.map((cell, i) =>
        i === 0 ? h("th", { scope: "row" }, cell) : h("td", { class: isNumber[i] ? "number" : null }, cell)))))));
}

export const card = (title, ...children) =>
  h("section", { class: "card" }, h("h2", {}, title), ...children);

// A list of words and what they are.
export const facts = pairs =>
  h("dl", { class: "facts" }, pairs.filter(Boolean).map(([word, value]) => h("div", {}, h("dt", {}, word), h("dd", {}, value))));
