// The account of a played scenario: what must never happen, by the servers' own count.

const IS_SEND = /\/:send/;

/** How often the requests of a call took effect, at least and at most. */
export const effects = (exchanges) => ({
  least: exchanges.filter(({ effect }) => effect === "yes").length,
  most: exchanges.filter(({ effect }) => effect !== "no").length,
});

/** The requests of a call. */
export const requestsOf = (played, id) =>
  played.service.filter(({ request }) => request.headers.get("x-call") === id);

/** All that is wrong, in words; empty when every message was delivered as the caller was told. */
export const faultsOf = (scenario, played) => {
  const wrong = [];
  const final = new Map(played.phases.flat().map((outcome) => [outcome.id, outcome]));
  for (const { id, value } of final.values()) {
    const exchanges = requestsOf(played, id);
    const requests = exchanges.map(({ request }) => request);
    const isSend = requests.some(({ path }) => IS_SEND.test(path));
    const { least, most } = effects(exchanges);
    if (isSend && most > 1 && !scenario.retry?.repeatSends) {
      wrong.push(`the message ${id} may have been delivered ${most} times`);
    }
    if (isSend && value !== undefined && least < 1) {
      wrong.push(`the message ${id} was lost, but the call succeeded`);
    }
    if (isSend && requests.some(({ body }) => body !== id)) {
      wrong.push(`the message ${id} arrived as ${requests.map(({ body }) => body)}`);
    }
    // The attempts of a call are one request; the pages of a list are several.
    const same = requests.map(({ method, path, headers }) =>
      path.includes("continuationToken")
        ? "a page"
        : `${method} ${path} ${headers.get("x-ms-client-request-id")}`,
    );
    const isRepeatedPhase = played.phases.flat().filter((outcome) => outcome.id === id).length > 1;
    if (new Set(same.filter((text) => text !== "a page")).size > 1 && !isRepeatedPhase) {
      wrong.push(`the attempts of ${id} differ: ${same}`);
    }
  }
  if (played.service.length > played.attempts) {
    wrong.push(`${played.service.length} requests arrived, but ${played.attempts} were made`);
  }
  if (played.elsewhere.length > 0) wrong.push("a request went to another host");
  for (const { request } of played.service) {
    if (!final.has(request.headers.get("x-call")))
      wrong.push(`nobody made ${request.method} ${request.path}`);
  }
  return wrong;
};
