// What the handler of events does, in every runtime: verification, the handshake, events and answers.
import { answers } from "./events/answers.js";
import { deduplication } from "./events/deduplication.js";
import { life } from "./events/life.js";
import { mqtt } from "./events/mqtt.js";
import { names } from "./events/names.js";
import { node } from "./events/node.js";
import { passing } from "./events/passing.js";
import { requests } from "./events/requests.js";
import { routing } from "./events/routing.js";
import { verification } from "./events/verification.js";
import { PRIMARY } from "./webhooks.js";

/**
 * @param {(name: string, run: () => Promise<void>) => void} check takes each check
 * @param {{ isEdge?: boolean }} settings whether the package is the one without the adapter for Node servers
 */
export function events(pkg, check, { isEdge = false }) {
  const { WebPubSubEventHandler, AzureKeyCredential } = pkg;
  const handler = (options) => new WebPubSubEventHandler("chat", { accessKeys: PRIMARY, ...options });
  const errors = () => {
    const seen = [];
    return { seen, onError: (error, context) => void seen.push({ error, context }) };
  };
  /** Has one event handled, and gives the response with what the handler was given. */
  const given = async (name, request, options) => {
    let req;
    const response = await handler({
      [name]: (r, res) => {
        req = r;
        res?.success();
      },
      ...options,
    }).handle(request);
    return { response, req };
  };

  verification(check, { WebPubSubEventHandler, AzureKeyCredential, handler, errors, given });
  routing(check, { WebPubSubEventHandler, handler });
  requests(check, { handler, given });
  answers(check, { pkg, handler, errors });
  mqtt(check, { pkg, handler, given });
  node(check, { handler, isEdge });
  life(check, { handler, errors });
  deduplication(check, pkg);
  names(check, { handler, errors });
  passing(check, { pkg, handler });
}
