// The names that the code blocks of the Markdown files leave to the reader.
import type { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

declare global {
  const app: (request: Request, env?: unknown) => Promise<Response>;
  const connectionId: string;
  const connectionString: string;
  const env: { WEB_PUBSUB: string; WEB_PUBSUB_KEY: string; EGRESS: { fetch: typeof fetch } };
  const events: WebPubSubEventHandler;
  const service: WebPubSubServiceClient;
}
