// The list of people and a moderator's actions on them. On a phone the list opens over the messages.

import { avatar, bdi, button, byId, element, setLine } from "./dom.js";

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
document.addEventListener("click", ({ target }) => isElsewhere(target) && setOpen(false));
// The focus never goes behind the open list.
panel.addEventListener(
  "focusout",
  ({ relatedTarget }) => isElsewhere(relatedTarget) && setOpen(false, false),
);

/** @param {EventTarget | null} target */
function isElsewhere(target) {
  return target instanceof Node && ![panel, toggle, dialog].some((part) => part.contains(target));
}

/** Opens or closes the list on a phone. @param {boolean} open @param {boolean} [focus] Whether to move the focus. */
function setOpen(open, focus = true) {
  if (panel.classList.contains("open") === open) return;
  panel.classList.toggle("open", open);
  toggle.ariaExpanded = String(open);
  if (focus) (open ? title : toggle).focus();
}

/**
 * Shows the people in the room. Existing rows are updated in place, so that the focus is kept.
 * @param {Person[]} people Includes the reader; empty when the reader is no longer in the room.
 * @param {Person} me
 * @param {(event: "mute" | "unmute" | "remove", person: Person) => void} moderate
 */
export function showPeople(people, me, moderate) {
  setLine(error);
  count.textContent = String(people.length);
  title.textContent =
    people.length === 0
      ? "You are not in this room"
      : people.length === 1
        ? "Only you are here"
        : `${people.length} people are here`;
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

/** Says why an action failed, and enables the buttons again. @param {(string | Node)[]} content */
export function showPeopleError(...content) {
  setLine(error, ...content);
  for (const { mute, remove } of rows.values()) setBusy(false, mute, remove);
}

/** Closes and empties the list. */
export function clearPeople() {
  setOpen(false, false);
  if (dialog.open) dialog.close("cancel");
  rows.clear();
  list.replaceChildren();
  setLine(error);
}

/** @param {Person} person @returns {Row} */
function makeRow(person) {
  const item = element("li", "person");
  const name = element("div", "person-name");
  const tags = element("span");
  name.append(bdi(person.name), tags);
  item.append(avatar(person), name);
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
  setBusy(false, mute, remove);
  mute.onclick = () => {
    if (mute.ariaBusy === "true") return;
    setBusy(true, mute, remove);
    moderate(event, person);
  };
  remove.onclick = async () => {
    if (remove.ariaBusy === "true" || !(await confirmRemoval(person))) return;
    setBusy(true, mute, remove);
    moderate("remove", person);
  };
}

/**
 * Marks buttons as busy. They are not disabled, because a disabled button loses the focus.
 * @param {boolean} busy
 * @param {(HTMLButtonElement | undefined)[]} buttons
 */
function setBusy(busy, ...buttons) {
  for (const each of buttons) if (each) each.ariaBusy = String(busy);
}

/** @param {Person} person @returns {Promise<boolean>} */
function confirmRemoval(person) {
  question.replaceChildren("Remove ", bdi(person.name), " from the room?");
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
