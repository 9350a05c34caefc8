// Without any library of a host: the least of its types is enough to serve and to send.
import {
  WebPubSubEventHandler,
  WebPubSubServiceClient,
  type HostResponse,
  type RequestLike,
} from "webpubsub-edge";

const events = new WebPubSubEventHandler("chat", { accessKeys: "k" });

export const serve = async (request: RequestLike): Promise<HostResponse> => {
  const response: HostResponse | undefined = await events.handle(request);
  return response ?? events.fetch(request);
};

declare const answer: HostResponse;

export const service = new WebPubSubServiceClient("<ConnectionString>", "chat", {
  fetch: async (input, init) => {
    const method: string | undefined = typeof input === "string" ? init?.method : input.method;
    console.log(method);
    return answer;
  },
});

// @ts-expect-error there is no such global here, or this test would prove nothing
export type Missing = Response;
