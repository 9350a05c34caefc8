// The event handlers of the Worker: one for each hub, with the same deeds and other options.
import { AzureKeyCredential, WebPubSubEventHandler } from "webpubsub-edge";
import { deeds } from "./deeds.js";
import { record } from "./records.js";

const ELSEWHERE = "https://elsewhere.webpubsub.azure.com";

/**
 * `main` and `other` are connection strings of services, `secondary` is the other key of the main one, `gates` the URL
 * below which gates open. Gives the handlers, and `rotate(key)` for the hub `rotating`.
 */
export const makeHandlers = ({ main, other, secondary, gates }) => {
  const pass = async (name) => void (await (await fetch(gates + encodeURIComponent(name))).text());
  const onError = ({ name, code, message }, context) =>
    record("error", { error: { name, code, message }, connectionId: context?.connectionId });
  const common = { ...deeds(pass), onError };
  const [, endpoint] = /Endpoint=([^;]+)/.exec(main);
  let keys = [];
  const authorize = (request) => new URL(request.url).searchParams.get("code") === "sesame";
  const hubs = {
    chat: { connectionString: main },
    other: { connectionString: other },
    rotated: { accessKeys: new AzureKeyCredential(secondary) },
    rotating: { accessKeys: () => keys },
    forged: { accessKeys: ["not-the-key-of-anybody"] },
    unverified: { dangerouslySkipSignatureVerification: true },
    foreign: { connectionString: main, allowedEndpoints: [ELSEWHERE] },
    listed: { connectionString: main, allowedEndpoints: [ELSEWHERE, endpoint] },
    fallback: { connectionString: main },
    guarded: { connectionString: main, authorize },
    barred: { connectionString: main, authorize },
    small: { connectionString: main, maxBodyBytes: 4000 },
    elsewhere: { connectionString: main, path: "/events/of" },
    // Nobody handles anything.
    idle: { connectionString: main, handlers: {} },
  };
  try {
    new WebPubSubEventHandler("nobody", common);
  } catch ({ name, code }) {
    record("unmade", { error: { name, code } });
  }
  return {
    handlers: Object.entries(hubs).map(
      ([hub, { handlers = common, ...options }]) =>
        new WebPubSubEventHandler(hub, { ...handlers, ...options }),
    ),
    rotate: (key) => (keys = [new AzureKeyCredential(key)]),
  };
};
