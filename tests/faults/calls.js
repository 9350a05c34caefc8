// The calls that scenarios are made of, in any runtime: takes a plan as plain values and returns what the caller saw.

/** Makes one call; returns the value that it resolves with, as text. `progress.seen` counts elements of lists. */
const CALLS = {
  async sendToAll(service, id, options) {
    await service.sendToAll(id, { contentType: "text/plain", ...options });
    return "success";
  },
  async addUser(service, _, options) {
    await service.group("room").addUser("ada", options);
    return "success";
  },
  async closeConnection(service, _, options) {
    await service.closeConnection("c1", options);
    return "success";
  },
  groupExists: async (service, _, options) => String(await service.groupExists("room", options)),
  async listConnections(service, _, options, progress) {
    for await (const _ of service.group("room").listConnections(options)) progress.seen += 1;
    return `${progress.seen} listed`;
  },
  async getClientAccessToken(service, _, options) {
    await service.getClientAccessToken(options);
    return "a token";
  },
};

const attempt = async (pkg, service, call, id) => {
  const progress = { seen: 0 };
  // The service can tell the attempts of one call by this header.
  const options = { requestOptions: { customHeaders: { "x-call": id } } };
  try {
    return { id, value: await CALLS[call](service, id, options, progress) };
  } catch (error) {
    const { name, code, kind, message, cause } = error;
    // Causes that are not the package's own differ between runtimes.
    const own = pkg.isRestError(cause) ? { cause: cause.message } : {};
    return { id, name, code, kind, message, ...own, ...progress };
  }
};

/**
 * Runs plans with a package: `{ origin, issuer, key, newKey, retry, timeout, phases }`. A phase makes `times` calls at
 * once; `again` repeats the calls of the phase before that failed with a kind, and `update` replaces the key first.
 * Returns the outcomes of all phases and the number of requests that were attempted.
 */
export const runner = (pkg) => async (plan) => {
  let attempts = 0;
  const options = {
    retryOptions: plan.retry,
    timeoutInMs: plan.timeout,
    allowInsecureConnection: true,
    fetch(...args) {
      attempts += 1;
      return fetch(...args);
    },
  };
  const key = new pkg.AzureKeyCredential(plan.key);
  const issuer = () =>
    new pkg.ClientSecretCredential("tenant", "application", "client-secret-of-the-test", {
      authorityHost: plan.issuer,
      retryOptions: plan.retry,
    });
  const service = new pkg.WebPubSubServiceClient(plan.origin, plan.issuer ? issuer() : key, "chat", options);
  const phases = [];
  for (const [number, { call, times = 1, again, update }] of plan.phases.entries()) {
    if (update) key.update(plan.newKey);
    const before = again ? phases.at(-1).filter(({ kind }) => kind === again) : [];
    const ids = again
      ? before.map(({ id }) => id)
      : Array.from({ length: times }, (_, i) => `m-${number}-${i}`);
    phases.push(await Promise.all(ids.map((id) => attempt(pkg, service, call, id))));
  }
  return { attempts, phases };
};
