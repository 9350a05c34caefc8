import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "../greet.js";

export const runtime = "edge";
export const dynamic = "force-dynamic";

export const GET = async () => new Response(await greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB));
