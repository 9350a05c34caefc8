// What was said and what happened, in order. Knows how it looks and where the reader is, not where it comes from.

import { avatar, button, byId, element } from "./dom.js";

const log = byId("log", HTMLElement);
const list = byId("messages", HTMLOListElement);
const empty = byId("empty", HTMLElement);
const newest = byId("newest", HTMLButtonElement);

const KEEP = 500;
/** Messages of one person this close together are shown as one block. */
const BLOCK_MS = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/** @type {{ userId: string, at: number } | undefined} */
let last;

newest.onclick = () => {
  toEnd();
  log.focus();
};
/** Whether the reader is at the end, and so wants to stay there. */
let following = true;
let lastTop = 0;
log.addEventListener("scroll", () => {
  if (log.scrollHeight - log.scrollTop - log.clientHeight < 48) setFollowing(true);
  else if (log.scrollTop < lastTop) setFollowing(false);
  lastTop = log.scrollTop;
});
// A banner or the keyboard of a phone takes room away from the log.
new ResizeObserver(() => following && toEnd()).observe(log);

/** Starts a new log. */
export function clearLog() {
  list.replaceChildren();
  last = undefined;
  empty.hidden = false;
  setFollowing(true);
}

/** Something that happened. @param {string} text */
export function addNotice(text) {
  last = undefined;
  append(element("li", "notice", text));
}

/** What somebody else said. @param {{ userId: string, name: string }} person @param {string} text */
export function addMessage(person, text) {
  append(message(person, text, person.name));
}

/**
 * What the reader of this page said; it counts as being sent until told otherwise.
 * @param {{ userId: string, name: string }} me
 * @param {string} text
 */
export function addOwn(me, text) {
  const item = message(me, text, "You");
  item.classList.add("own");
  item.dataset.state = "sending";
  append(item, true);

  /** @type {HTMLElement | undefined} */
  let failure;
  return {
    sending() {
      failure?.remove();
      item.dataset.state = "sending";
    },
    sent() {
      item.dataset.state = "sent";
    },
    /** @param {string} why @param {() => void} again */
    failed(why, again) {
      item.dataset.state = "failed";
      failure = element("p", "failure", `${why} `);
      failure.append(button("Send again", again, "link"));
      item.append(failure);
      if (following) toEnd();
    },
  };
}

/** @param {{ userId: string, name: string }} person @param {string} text @param {string} name */
function message(person, text, name) {
  const now = new Date();
  const item = element("li", "message");
  if (last?.userId === person.userId && now.getTime() - last.at < BLOCK_MS) item.classList.add("follows");
  last = { userId: person.userId, at: now.getTime() };

  const meta = element("div", "meta");
  const time = element("time", "", clock.format(now));
  time.dateTime = now.toISOString();
  meta.append(element("b", "", name), time);
  item.append(avatar(person), meta, element("div", "bubble", text));
  if (item.classList.contains("follows")) {
    // The block shows the name once; a screen reader hears it with each message.
    item.lastElementChild?.prepend(element("span", "visually-hidden", `${name}: `));
  } else {
    empty.hidden = true;
  }
  return item;
}

/** @param {HTMLElement} item @param {boolean} [follow] */
function append(item, follow = following) {
  list.append(item);
  while (list.children.length > KEEP) list.firstElementChild?.remove();
  if (follow) toEnd();
  else newest.hidden = false;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  setFollowing(true);
}

/** @param {boolean} on */
function setFollowing(on) {
  following = on;
  if (on) newest.hidden = true;
}
