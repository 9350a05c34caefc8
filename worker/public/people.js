// Who is here: the list, and what a moderator may do with somebody in it. On a phone the list comes over the talk.

import { avatar, button, byId, element, say } from "./dom.js";

/** @typedef {import("./api.js").Person} Person */

const panel = byId("people", HTMLElement);
const title = byId("people-title", HTMLElement);
const list = byId("people-list", HTMLUListElement);
const count = byId("people-count", HTMLElement);
const error = byId("people-error", HTMLElement);
const toggle = byId("people-toggle", HTMLButtonElement);
const dialog = byId("confirm", HTMLDialogElement);
const question = byId("confirm-title", HTMLElement);

/** @typedef {{ item: HTMLLIElement, tags: HTMLElement, mute?: HTMLButtonElement, remove?: HTMLButtonElement }} Row */
/** @type {Map<string, Row>} */
const rows = new Map();

toggle.onclick = () => setOpen(!panel.classList.contains("open"));
byId("people-close", HTMLButtonElement).onclick = () => setOpen(false);
panel.addEventListener("keydown", ({ key }) => key === "Escape" && setOpen(false));
document.addEventListener("click", ({ target }) => {
  if (
    target instanceof Node &&
    !panel.contains(target) &&
    !toggle.contains(target) &&
    !dialog.contains(target)
  ) {
    setOpen(false);
  }
});

/** Opens or closes the list where it is not always there. @param {boolean} open */
function setOpen(open) {
  if (panel.classList.contains("open") === open) return;
  panel.classList.toggle("open", open);
  toggle.ariaExpanded = String(open);
  (open ? title : toggle).focus();
}

/**
 * Shows who is here. Rows stay what they are, so that the focus stays where it is.
 * @param {Person[]} people
 * @param {Person} me
 * @param {(event: "mute" | "unmute" | "remove", person: Person) => void} moderate
 */
export function showPeople(people, me, moderate) {
  say(error);
  count.textContent = String(people.length);
  title.textContent = people.length === 1 ? "Only you are here" : `${people.length} people are here`;
  const present = new Set(people.map((person) => person.userId));
  for (const [userId, { item }] of rows) if (!present.has(userId)) drop(userId, item);

  const sorted = [...people].sort(
    (a, b) => Number(b.userId === me.userId) - Number(a.userId === me.userId) || a.name.localeCompare(b.name),
  );
  sorted.forEach((person, at) => {
    let row = rows.get(person.userId);
    if (!row) rows.set(person.userId, (row = makeRow(person)));
    if (list.children[at] !== row.item) list.insertBefore(row.item, list.children[at] ?? null);
    fill(row, person, me, moderate);
  });
}

/** Says why something could not be done to somebody, and lets it be tried again. @param {string} text */
export function showPeopleError(text) {
  say(error, text);
  for (const { mute, remove } of rows.values()) busy(false, mute, remove);
}

/** Closes the list and forgets everybody. */
export function clearPeople() {
  panel.classList.remove("open");
  toggle.ariaExpanded = "false";
  if (dialog.open) dialog.close("cancel");
  rows.clear();
  list.replaceChildren();
  say(error);
}

/** @param {Person} person @returns {Row} */
function makeRow(person) {
  const item = element("li", "person");
  const who = element("div", "person-name");
  const tags = element("span");
  who.append(element("span", "", person.name), tags);
  item.append(avatar(person), who);
  return { item, tags };
}

/** @param {Row} row @param {Person} person @param {Person} me @param {Parameters<typeof showPeople>[2]} moderate */
function fill(row, person, me, moderate) {
  const tags = [];
  if (person.userId === me.userId) tags.push(element("span", "tag", "you"));
  if (person.moderator) tags.push(element("span", "tag", "moderator"));
  if (person.muted) tags.push(element("span", "tag muted", "muted"));
  row.tags.replaceChildren(...tags.flatMap((tag) => [" ", tag]));

  if (!me.moderator || person.moderator) return;
  if (!row.mute || !row.remove) {
    row.mute = button("", () => {});
    row.remove = button("Remove", () => {});
    row.remove.ariaLabel = `Remove ${person.name}`;
    const actions = element("div", "person-actions");
    actions.append(row.mute, row.remove);
    row.item.append(actions);
  }
  const { mute, remove } = row;
  const event = person.muted ? "unmute" : "mute";
  mute.textContent = person.muted ? "Unmute" : "Mute";
  mute.ariaLabel = `${mute.textContent} ${person.name}`;
  busy(false, mute, remove);
  mute.onclick = () => {
    if (mute.ariaBusy === "true") return;
    busy(true, mute, remove);
    moderate(event, person);
  };
  remove.onclick = async () => {
    if (remove.ariaBusy === "true" || !(await confirmRemoval(person))) return;
    busy(true, mute, remove);
    moderate("remove", person);
  };
}

/**
 * Marks buttons as at work. They are not disabled, which would lose the focus.
 * @param {boolean} on
 * @param {(HTMLButtonElement | undefined)[]} buttons
 */
function busy(on, ...buttons) {
  for (const each of buttons) if (each) each.ariaBusy = String(on);
}

/** @param {Person} person @returns {Promise<boolean>} */
function confirmRemoval(person) {
  question.textContent = `Remove ${person.name} from the room?`;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "remove");
  });
}

/** @param {string} userId @param {HTMLElement} item */
function drop(userId, item) {
  const focused = item.contains(document.activeElement);
  item.remove();
  rows.delete(userId);
  if (focused) title.focus();
}
