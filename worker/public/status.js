// The state of the connection in the header, with the seconds until the next attempt; announced once per change.

import { byId } from "./dom.js";

const line = byId("status", HTMLElement);
const text = byId("status-text", HTMLElement);
const live = byId("status-live", HTMLElement);
const retry = byId("retry", HTMLButtonElement);
let ticking = 0;

/** @param {() => void} onRetry */
export function onRetryClick(onRetry) {
  retry.onclick = onRetry;
}

/** @param {import("./connection.js").Status} status @param {boolean} [final] Whether it stays closed. */
export function showStatus({ state, retryAt = 0, reason = "" }, final = false) {
  clearInterval(ticking);
  line.dataset.state = state === "waiting" ? "connecting" : state;
  retry.hidden = state !== "waiting" && (state !== "closed" || final);

  const why = reason.replace(/\.$/, "");
  if (state === "waiting") {
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
      text.textContent = `Reconnecting in ${seconds} s`;
    };
    tick();
    ticking = setInterval(tick, 250);
    live.textContent = `Connection lost. ${why && `${why}. `}Reconnecting.`;
    return;
  }
  const closed = why ? `Disconnected: ${why}` : "Disconnected";
  text.textContent = live.textContent = { connecting: "Connecting…", connected: "Connected", closed }[state];
}
