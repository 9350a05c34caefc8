// With lib.dom: its own types go in and come out.
import {
  WebPubSubEventHandler,
  WebPubSubServiceClient,
  type HostRequest,
  type HostResponse,
} from "webpubsub-edge";

const events = new WebPubSubEventHandler("chat", { accessKeys: "k" });
const app = (request: Request): Promise<Response> => fetch(request);

export const serve = async (request: Request): Promise<Response> =>
  (await events.handle(request)) ?? app(request);
export const direct: (request: Request) => Promise<Response> = events.fetch;

export const services = [
  new WebPubSubServiceClient("<ConnectionString>", "chat", { fetch }),
  new WebPubSubServiceClient("<ConnectionString>", "chat", { fetch: (input, init) => fetch(input, init) }),
  new WebPubSubServiceClient("<ConnectionString>", "chat", {
    fetch: async () => new Response(null, { status: 202 }),
  }),
];

export async function send(
  service: WebPubSubServiceClient,
  controller: AbortController,
  blob: Blob,
  file: File,
) {
  const abortSignal = AbortSignal.any([controller.signal, AbortSignal.timeout(1000)]);
  await service.sendToAll(blob, { abortSignal });
  await service.sendToAll(file, { contentType: "application/octet-stream" });
  await service.sendToAll(blob.stream(), { abortSignal: controller.signal });
  await service.sendToAll(() => blob.stream());
  await service.sendToAll(new DataView(new ArrayBuffer(1)));
  const response: Response = await service.sendRequest({ method: "POST", path: "/api", body: blob });
  return response.clone();
}

// The types are lib.dom's own, not only shaped like them.
export const request: HostRequest = new Request("https://contoso.example");
export const response: HostResponse = Response.json({});
export const clone: Response = response.clone();
