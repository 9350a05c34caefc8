// The client alone.
import { WebPubSubServiceClient } from "webpubsub-edge";
import { serve } from "./serve.js";

export default serve(WebPubSubServiceClient);
