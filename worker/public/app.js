// The page: the way into a room and out of it, and what the keyboard does there.

import { ApiError, negotiate, savedSession, saveSession } from "./api.js";
import { byId, say } from "./dom.js";
import { clearLog } from "./messages.js";
import { clearPeople } from "./people.js";
import { Room } from "./room.js";
import { onRetryClick, showStatus } from "./status.js";

const TITLE = document.title;
const start = byId("start", HTMLElement);
const chat = byId("chat", HTMLElement);
const enter = byId("enter", HTMLFormElement);
const enterButton = byId("enter-button", HTMLButtonElement);
const enterError = byId("enter-error", HTMLElement);
const nameInput = byId("name", HTMLInputElement);
const roomInput = byId("room", HTMLInputElement);
const roomName = byId("room-name", HTMLElement);
const leave = byId("leave", HTMLButtonElement);
const composer = byId("composer", HTMLFormElement);
const text = byId("text", HTMLTextAreaElement);
const banner = byId("banner", HTMLElement);
const bannerText = byId("banner-text", HTMLElement);
const bannerAction = byId("banner-action", HTMLButtonElement);

/** @type {Room | undefined} */
let room;
let unread = 0;

/** Shows the way in, with what went wrong, if something did. @param {string} [error] */
function showStart(error) {
  room = undefined;
  saveSession();
  chat.hidden = true;
  start.hidden = false;
  document.title = TITLE;
  enterButton.disabled = false;
  enterButton.textContent = "Enter the room";
  say(enterError, error);
  (nameInput.value ? enterButton : nameInput).focus();
}

/** @param {import("./api.js").Session} session */
async function showRoom(session) {
  saveSession(session);
  nameInput.value = session.name;
  roomInput.value = session.room;
  roomName.textContent = session.room;
  history.replaceState(null, "", `?room=${session.room}`);
  clearLog();
  clearPeople();
  showBanner("");
  composer.hidden = leave.hidden = false;
  start.hidden = true;
  chat.hidden = false;
  setUnread(0);

  const visit = (room = new Room(session, {
    status: showStatus,
    muted: showBanner,
    removed: endVisit,
    said: () => document.hidden && setUnread(unread + 1),
  }));
  // Where typing brings up a keyboard, that is for the reader to do.
  if (matchMedia("(pointer: fine)").matches) text.focus();
  try {
    await visit.enter();
  } catch (error) {
    if (room !== visit) return;
    const why = error instanceof Error ? error.message : "";
    showStart(why || "The chat service cannot be reached. Check your connection and enter again.");
  }
}

enter.addEventListener("submit", async (event) => {
  event.preventDefault();
  // A room's name is easily typed with capitals and blanks; the Worker takes neither.
  roomInput.value = roomInput.value.trim().toLowerCase().replace(/\s+/g, "-");
  nameInput.ariaInvalid = roomInput.ariaInvalid = null;
  say(enterError);
  enterButton.disabled = true;
  enterButton.textContent = "Entering…";
  try {
    await showRoom(await negotiate(nameInput.value, roomInput.value));
  } catch (error) {
    showStart(error instanceof Error ? error.message : "");
    const code = error instanceof ApiError ? error.code : "";
    const wrong = { invalid_name: nameInput, name_taken: nameInput, invalid_room: roomInput }[code];
    if (!wrong) return;
    wrong.ariaInvalid = "true";
    wrong.select();
  }
});

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = text.value.trim();
  text.value = "";
  text.focus();
  if (said) room?.say(said);
});

text.addEventListener("keydown", (event) => {
  // While an input method composes, Enter ends the word, not the message.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

leave.onclick = () => {
  room?.leave();
  showStart();
};

/** A moderator put the reader out: what was said stays to be read. @param {string} by */
function endVisit(by) {
  saveSession();
  composer.hidden = leave.hidden = true;
  showBanner(`${by} removed you from this room.`, "Back to the start");
  bannerAction.onclick = () => showStart();
  bannerAction.focus();
}

/** @param {string} words @param {string} [action] */
function showBanner(words, action = "") {
  bannerText.textContent = words;
  bannerAction.textContent = action;
  bannerAction.hidden = !action;
  banner.hidden = !words;
}

for (const id of ["copy-link", "copy-link-people"]) {
  const copy = byId(id, HTMLButtonElement);
  const label = copy.textContent;
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      copy.textContent = "Copied";
    } catch {
      // No clipboard here: show it, to be copied by hand.
      copy.textContent = location.href;
    }
    setTimeout(() => (copy.textContent = label), 4000);
  };
}

onRetryClick(() => room?.retry());
addEventListener("online", () => room?.retry());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  setUnread(0);
  room?.refresh();
});

/** @param {number} count */
function setUnread(count) {
  unread = count;
  document.title = `${count ? `(${count}) ` : ""}${roomInput.value} – ${TITLE}`;
}

const wanted = new URLSearchParams(location.search).get("room") ?? "";
roomInput.value = wanted || "lobby";
const saved = savedSession();
if (saved && (!wanted || wanted === saved.room)) showRoom(saved);
else showStart();
