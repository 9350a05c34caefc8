// The log of messages and notices, in order. Knows how they look and where the reader is, not where they come from.

import { avatar, bdi, button, byId, element } from "./dom.js";
import { withLinks } from "./links.js";

const log = byId("log", HTMLElement);
const list = byId("messages", HTMLOListElement);
const empty = byId("empty", HTMLElement);
const newest = byId("newest", HTMLButtonElement);

const MAX_ITEMS = 500;
/** Messages of one person this close together are shown as one block. */
const BLOCK_MS = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/** @type {{ userId: string, at: number } | undefined} */
let last;

newest.onclick = () => {
  toEnd();
  log.focus();
};
/** Whether the reader is at the end, so that the log scrolls with new messages. */
let following = true;
let lastTop = 0;
log.addEventListener("scroll", () => {
  if (log.scrollHeight - log.scrollTop - log.clientHeight < 48) setFollowing(true);
  else if (log.scrollTop < lastTop) setFollowing(false);
  lastTop = log.scrollTop;
});
// A banner or a phone's keyboard makes the log smaller.
new ResizeObserver(() => following && toEnd()).observe(log);

export function clearLog() {
  list.replaceChildren();
  last = undefined;
  empty.hidden = false;
  setFollowing(true);
}

/** Adds a line about something that happened. @param {(string | Node)[]} content */
export function addNotice(...content) {
  last = undefined;
  const item = element("li", "notice");
  item.append(...content);
  append(item);
}

/** Adds another person's message. @param {{ userId: string, name: string }} person @param {string} text */
export function addMessage(person, text) {
  append(message(person, text, person.name));
}

/**
 * Adds a message of the reader. Its state is "sending" until one of the functions returned changes it.
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
  const follows = last?.userId === person.userId && now.getTime() - last.at < BLOCK_MS;
  const item = element("li", follows ? "message follows" : "message");
  last = { userId: person.userId, at: now.getTime() };

  // A block shows the name once; screen readers announce it with each message.
  const meta = element("div", follows ? "visually-hidden" : "meta");
  const time = element("time", "", clock.format(now));
  time.dateTime = now.toISOString();
  meta.append(bdi(name), " ", time);
  const bubble = element("div", "bubble");
  bubble.dir = "auto";
  bubble.append(...withLinks(text));
  item.append(avatar(person), meta, bubble);
  empty.hidden = true;
  return item;
}

/** @param {HTMLElement} item @param {boolean} [follow] */
function append(item, follow = following) {
  list.append(item);
  while (list.children.length > MAX_ITEMS) list.firstElementChild?.remove();
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
