// The names that the code blocks of the Markdown files leave to the reader, and those that only their hosts have.
// tests/docs/host.js has the same at run time.
import type { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

interface Env {
  WEB_PUBSUB: string;
  WEB_PUBSUB_KEY: string;
  WEB_PUBSUB_OTHER_KEY: string;
  TENANT_ID: string;
  CLIENT_ID: string;
  CLIENT_SECRET: string;
  EGRESS: { fetch: typeof fetch };
}

type Handler = (request: Request) => Response | Promise<Response>;

declare global {
  const app: (request: Request, env?: unknown) => Promise<Response>;
  const connectionId: string;
  const connectionString: string;
  const env: Env;
  const events: WebPubSubEventHandler;
  const service: WebPubSubServiceClient;
  const url: string;

  /** Of Cloudflare Workers. */
  interface ExecutionContext {
    waitUntil(promise: Promise<unknown>): void;
    passThroughOnException(): void;
  }
  /** Of service workers; h3 names it. */
  interface FetchEvent {
    respondWith(response: unknown): void;
  }
  const Deno: {
    env: { get(name: string): string | undefined };
    serve(handler: Handler): unknown;
  };
  const Bun: {
    env: Record<string, string | undefined>;
    serve(options: { routes?: Record<string, Handler>; fetch: Handler }): unknown;
  };
}
