// With @types/node and Express: Node's own types go in and come out.
import { createServer } from "node:http";
import { Readable } from "node:stream";
import express from "express";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const events = new WebPubSubEventHandler("chat", { accessKeys: "k" });

export const serve = async (request: Request): Promise<Response> =>
  (await events.handle(request)) ?? new Response(null, { status: 404 });

export const server = createServer(events.getMiddleware());
export const app = express().use(events.getMiddleware()).use("/below", events.getMiddleware());

export async function send(stream: Readable, body: Buffer, signal: AbortSignal) {
  using service = new WebPubSubServiceClient("<ConnectionString>", "chat", { fetch });
  await service.sendToAll(body, { abortSignal: signal });
  await service.sendToAll(new Blob(["a"]));
  await service.sendToAll(stream, { contentType: "application/octet-stream" });
  await service.sendToAll(Readable.toWeb(stream), { contentType: "application/octet-stream" });
  const response: Response = await service.sendRequest({ method: "HEAD", path: "/api/health" });
  return response.arrayBuffer();
}
