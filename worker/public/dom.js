// Creating and finding elements. Text is inserted as text: no string ever becomes markup on this page.

/**
 * The element with this id and class.
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

/** A person's name inside a sentence: its direction does not affect the words around it. @param {string} name */
export const bdi = (name) => element("bdi", "", name);

/** @param {string} label @param {() => void} onClick @param {string} [className] */
export function button(label, onClick, className) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

const graphemes = new Intl.Segmenter();

/**
 * A person's avatar: the first character of the name on a colour derived from the user id.
 * @param {{ userId: string, name: string }} person
 */
export function avatar({ userId, name }) {
  let hue = 0;
  for (const char of userId) hue = (hue * 31 + (char.codePointAt(0) ?? 0)) % 360;
  const [first] = graphemes.segment(name);
  const made = element("span", "avatar", first?.segment.toUpperCase());
  made.style.setProperty("--hue", String(hue));
  made.ariaHidden = "true";
  return made;
}

/** Sets the content of a line and hides the line when it is empty. @param {HTMLElement} line @param {(string | Node)[]} content */
export function setLine(line, ...content) {
  line.replaceChildren(...content);
  line.hidden = line.textContent === "";
}
