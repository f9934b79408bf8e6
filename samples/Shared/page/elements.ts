/** The element with this id; pages ask only for what stands in their index.html. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** A new element with a class and children. Texts stay texts, whatever strangers wrote in them. */
export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = "", ...children: (Node | string)[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** A round picture made of a name: its first letters, on a colour that is always the same. */
export function face(name: string): HTMLElement {
  const made = element("span", "face", name.slice(0, 2).toUpperCase());
  made.ariaHidden = "true";
  made.style.setProperty("--hue", String(hueOf(name)));
  return made;
}

/** 0 to 359, always the same for a name. */
export function hueOf(name: string): number {
  return [...name].reduce((hue, letter) => (hue + letter.charCodeAt(0)) * 137 % 360, 0);
}
