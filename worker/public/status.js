// The state of the connection, in words: a line that counts the seconds, and one that is read out once per change.

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

/** @param {import("./connection.js").Status} status @param {boolean} [final] No way back from here. */
export function showStatus({ state, retryAt = 0, reason }, final = false) {
  clearInterval(ticking);
  line.dataset.state = state === "waiting" ? "connecting" : state;
  // The reason comes from the service and may or may not end in a full stop.
  const why = reason ? `: ${reason.replace(/\.$/, "")}` : "";
  retry.hidden = state !== "waiting" && (state !== "closed" || final);

  if (state === "waiting") {
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
      text.textContent = `Reconnecting in ${seconds} s`;
    };
    tick();
    ticking = setInterval(tick, 250);
    live.textContent = `Connection lost${why}. Reconnecting.`;
    return;
  }
  const words = { connecting: "Connecting…", connected: "Connected", closed: `Disconnected${why}` }[state];
  text.textContent = live.textContent = words;
}
