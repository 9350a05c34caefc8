// The cases in workerd, whose clock stands still during a request: whoever asks measures. `POST /` with a case, a side
// and how often to run it.
import { cases } from "./cases.js";

export default {
  async fetch(request) {
    const { name, side, times } = await request.json();
    const run = cases[name][side];
    for (let i = 0; i < times; i++) await run();
    return new Response();
  },
};
