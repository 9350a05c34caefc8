// The page: joining and leaving a room, and the keyboard.

import { ApiError, negotiate, savedSession, saveSession } from "./api.js";
import { bdi, byId, setLine } from "./dom.js";
import { clearLog } from "./messages.js";
import { clearPeople } from "./people.js";
import { Room } from "./room.js";
import { onRetryClick, showStatus } from "./status.js";

const TITLE = document.title;
const start = byId("start", HTMLElement);
const chat = byId("chat", HTMLElement);
const join = byId("join", HTMLFormElement);
const joinButton = byId("join-button", HTMLButtonElement);
const joinError = byId("join-error", HTMLElement);
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

/** Shows the start page, with an error if there was one. @param {string} [error] */
function showStart(error = "") {
  room = undefined;
  saveSession();
  chat.hidden = true;
  start.hidden = false;
  document.title = TITLE;
  joinButton.disabled = false;
  joinButton.textContent = "Join";
  setLine(joinError, error);
  (nameInput.value ? joinButton : nameInput).focus();
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
  showBanner();
  composer.hidden = leave.disabled = false;
  start.hidden = true;
  chat.hidden = false;
  setUnread(0);

  const visit = (room = new Room(session, {
    status: showStatus,
    muted: showBanner,
    removed: endVisit,
    message: () => document.hidden && setUnread(unread + 1),
  }));
  // On touch screens the focus would open the keyboard.
  if (matchMedia("(pointer: fine)").matches) text.focus();
  try {
    await visit.enter();
  } catch (error) {
    if (room !== visit) return;
    const why = error instanceof Error ? error.message : "";
    showStart(why || "The chat service cannot be reached. Check your connection and try again.");
  }
}

join.addEventListener("submit", async (event) => {
  event.preventDefault();
  // People type capitals and spaces in a room's name; the Worker accepts neither.
  roomInput.value = roomInput.value.trim().toLowerCase().replace(/\s+/g, "-");
  nameInput.ariaInvalid = roomInput.ariaInvalid = null;
  setLine(joinError);
  joinButton.disabled = true;
  joinButton.textContent = "Joining…";
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
  const message = text.value.trim();
  text.value = "";
  text.focus();
  if (message) room?.send(message);
});

text.addEventListener("keydown", (event) => {
  // While an input method composes, Enter completes the word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

leave.onclick = () => {
  room?.leave();
  showStart();
};

/** A moderator removed the reader; the messages stay readable. @param {string} by */
function endVisit(by) {
  saveSession();
  composer.hidden = leave.disabled = true;
  showBanner(bdi(by), " removed you from this room.");
  bannerAction.hidden = false;
  bannerAction.focus();
}

bannerAction.onclick = () => showStart();

/** Without content, hides the banner. @param {(string | Node)[]} content */
function showBanner(...content) {
  setLine(bannerText, ...content);
  bannerAction.hidden = true;
  banner.hidden = bannerText.hidden;
}

for (const id of ["copy-link", "copy-link-people"]) {
  const copy = byId(id, HTMLButtonElement);
  const label = copy.textContent;
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      copy.textContent = "Copied";
    } catch {
      // The clipboard is not available: show the link to copy it by hand.
      copy.textContent = location.href;
    }
    setTimeout(() => (copy.textContent = label), 4000);
  };
}

onRetryClick(() => room?.retry());
addEventListener("online", () => room?.retry());
// The socket would stay open until the service or the next ack is missed.
addEventListener("offline", () => room?.reconnect("Your browser is offline."));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  setUnread(0);
  room?.retry();
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
