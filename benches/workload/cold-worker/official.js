import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { serve } from "./serve.js";

export default serve(WebPubSubServiceClient);
