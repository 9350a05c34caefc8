// The suite as a Worker: `GET /` lists the checks, `POST /n` runs the nth, each in a request of its own.
import * as pkg from "webpubsub-edge";
import * as helpers from "webpubsub-edge/testing";
import { attempt, suite } from "./suite.js";

export default {
  async fetch(request, { connectionString }) {
    const checks = suite(pkg, helpers, { connectionString, isEdge: true });
    if (request.method === "GET") return Response.json(checks);
    return new Response(await attempt(checks[new URL(request.url).pathname.slice(1)]));
  },
};
