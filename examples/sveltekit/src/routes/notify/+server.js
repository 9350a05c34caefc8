import { service } from "$lib/server/news.js";

export async function POST({ request }) {
  await service.group("readers").sendToAll(await request.json());
  return new Response(null, { status: 202 });
}
