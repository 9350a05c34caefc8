// The agent as a Worker.
import { perform } from "./agent.js";

export default {
  async fetch(request) {
    return Response.json(await perform(await request.json()));
  },
};
