// What the Worker has seen: every request with its answer, every event that a handler got, every error that was
// reported. The checks read it all, as JSON.

/** Of the requests and what came of them, oldest first. */
export const records = [];

/** Keeps one. Bytes become lists of numbers. */
export const record = (kind, members) => void records.push(structuredClone({ kind, ...members }));

const plain = (data) => (data instanceof ArrayBuffer ? { bytes: [...new Uint8Array(data)] } : data);

/** Keeps an event as a handler gets it. */
export const recordEvent = (handler, { context, data, ...members }) => {
  const { connectionId } = context;
  record("event", { handler, connectionId, context, data: plain(data), ...members });
};

/** Keeps a request with its answer; the words of a refusal as well. */
export const recordAnswer = async (request, response) => {
  const get = (name) => request.headers.get(name) ?? undefined;
  record("answer", {
    method: request.method,
    path: new URL(request.url).pathname,
    hub: get("ce-hub"),
    connectionId: get("ce-connectionId"),
    id: get("ce-id"),
    type: get("ce-type"),
    signatures: get("ce-signature")?.split(",").length,
    status: response.status,
    allowed: response.headers.get("WebHook-Allowed-Origin") ?? undefined,
    words: response.status >= 400 ? await response.clone().text() : undefined,
  });
};
