import { service } from "../news.js";

export async function GET() {
  return Response.json(await service.getClientAccessToken({ userId: crypto.randomUUID() }));
}
