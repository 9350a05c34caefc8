import { events } from "../../../../news.js";

export const OPTIONS = events.fetch;
export const POST = events.fetch;
