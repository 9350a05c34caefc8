// Finds the http and https addresses in a message. No other scheme becomes a link.

import { element } from "./dom.js";

// Invisible characters end an address: they could hide where it leads.
const ADDRESS = /\bhttps?:\/\/[^\s\p{C}<>"]+/giu;
const SENTENCE_END = /[.,:;!?…'’”»*。、，]+$/u;

/** The text in pieces, with its addresses as links. @param {string} text */
export function withLinks(text) {
  /** @type {(string | Node)[]} */
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!isSafe(address)) continue;
    pieces.push(text.slice(end, match.index), link(address));
    end = match.index + address.length;
  }
  pieces.push(text.slice(end));
  return pieces;
}

/** The address without the punctuation of the sentence around it. @param {string} address @returns {string} */
function trimmed(address) {
  const shorter = address.replace(SENTENCE_END, "");
  // A bracket that was opened in the address belongs to it: …/Ada_(name)
  const count = (/** @type {string} */ bracket) => shorter.split(bracket).length;
  return shorter.endsWith(")") && count(")") > count("(") ? trimmed(shorter.slice(0, -1)) : shorter;
}

/** Whether it leads where it seems to: a user name in front of the host can pass for the host. @param {string} address */
function isSafe(address) {
  return URL.canParse(address) && new URL(address).username === "";
}

/** @param {string} address */
function link(address) {
  const made = element("a", "", address);
  made.href = address;
  made.rel = "noopener noreferrer";
  made.target = "_blank";
  made.dir = "ltr";
  return made;
}
