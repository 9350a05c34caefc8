// Making and finding elements. Text goes in as text: no string ever becomes markup on this page.

/**
 * The element with this id, of this kind.
 * @template {Element} T
 * @param {string} id
 * @param {{ new (): T }} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is missing from the page`);
  return found;
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {string} [text]
 */
export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @param {string} label @param {() => void} onClick @param {string} [className] */
export function button(label, onClick, className) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/**
 * The round sign of a person: an initial on a colour that is always the same for them.
 * @param {{ userId: string, name: string }} person
 */
export function avatar({ userId, name }) {
  let hue = 0;
  for (const char of userId) hue = (hue * 31 + (char.codePointAt(0) ?? 0)) % 360;
  const made = element("span", "avatar", [...name][0]?.toUpperCase() ?? "?");
  made.style.setProperty("--hue", String(hue));
  made.ariaHidden = "true";
  return made;
}

/** Shows or hides a line of text. @param {HTMLElement} line @param {string} [text] */
export function say(line, text) {
  line.textContent = text ?? "";
  line.hidden = !text;
}
