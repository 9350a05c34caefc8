// Whether an emulator listens.
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 20_000;

/** The limit of `once()`. */
export const patience = () => ({ signal: AbortSignal.timeout(PATIENCE_MS) });

/** Throws when nothing listens. */
export const accepts = async (endpoint) => {
  const response = await fetch(`${endpoint}/`);
  await response.arrayBuffer();
};

/** Waits until nothing listens any more. */
export const refuses = async (endpoint) => {
  for (const limit = Date.now() + PATIENCE_MS; Date.now() < limit; await sleep(50)) {
    const isOpen = await accepts(endpoint).then(
      () => true,
      () => false,
    );
    if (!isOpen) return;
  }
  throw new Error(`${endpoint} still accepts requests`);
};
