import { serve } from "@hono/node-server";
import app from "./hono.js";

const fetch = (request) => app.fetch(request, process.env);
serve({ fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => console.log(`http://127.0.0.1:${port}`));
