import { json } from "@sveltejs/kit";
import { service } from "$lib/server/news.js";

export async function GET() {
  return json(await service.getClientAccessToken({ userId: crypto.randomUUID() }));
}
