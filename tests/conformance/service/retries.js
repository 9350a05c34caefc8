// When a request is sent again, and when not. Nothing here measures time: where the wait between attempts is long,
// only an answer that asks for another one lets a check end.
import { equal, ok, rejects } from "../assert.js";
import { answer, refusal } from "../recorder.js";
import { isSigned } from "../jwt.js";

const SOON = { retryDelayInMs: 1 };
/** Longer than a check may take. */
const LATE = { retryDelayInMs: 600_000, maxRetryDelayInMs: 3_600_000 };

const unavailable = (headers) => () => answer(503, { headers });
const network = () => new TypeError("fetch failed");

export function retries({ pkg, check, recording }) {
  /** How many attempts a call makes when it is always answered so, and what it fails with. */
  const attempts = async (call, answers, retryOptions) => {
    const { client, requests } = recording(answers, { retryOptions: { ...SOON, ...retryOptions } });
    const error = await call(client).then(
      () => undefined,
      (error) => error,
    );
    return [requests.length, error?.statusCode ?? error?.code];
  };
  const asks = (client) => client.connectionExists("c");
  const sends = (client) => client.sendToAll("x");

  check("repeats what means the same twice, three times at most", async () => {
    for (const status of [408, 429, 500, 502, 503, 504]) equal(await attempts(asks, [status]), [4, status]);
    equal(await attempts(asks, [network()]), [4, "REQUEST_SEND_ERROR"]);
  });

  check("does not repeat what would fail again", async () => {
    for (const status of [301, 400, 401, 403, 409, 412, 413, 501, 505]) {
      equal(await attempts(asks, [status]), [1, status]);
      equal(await attempts(sends, [status], { repeatSends: true }), [1, status]);
    }
    equal(await attempts((client) => client.grantPermission("c", "sendToGroup"), [404]), [1, 404]);
    equal(await attempts(asks, [404]), [1, undefined], "an answer is not repeated");
  });

  check("repeats every operation but sends, whatever its method", async () => {
    const group = (client) => client.group("g");
    const calls = [
      (client) => client.getServiceStatus(),
      (client) => client.closeAllConnections(),
      (client) => client.closeConnection("c"),
      (client) => client.closeUserConnections("u"),
      (client) => group(client).closeAllConnections(),
      (client) => client.addConnectionsToGroups(["g"], ""),
      (client) => client.removeConnectionsFromGroups(["g"], ""),
      (client) => client.removeConnectionFromAllGroups("c"),
      (client) => client.removeUserFromAllGroups("u"),
      (client) => client.grantPermission("c", "sendToGroup"),
      (client) => client.revokePermission("c", "sendToGroup"),
      (client) => client.hasPermission("c", "sendToGroup"),
      (client) => client.userExists("u"),
      (client) => client.groupExists("g"),
      (client) => group(client).addConnection("c"),
      (client) => group(client).removeConnection("c"),
      (client) => group(client).addUser("u"),
      (client) => group(client).removeUser("u"),
      (client) => group(client).listConnections().next(),
    ];
    for (const call of calls) {
      equal(await attempts(call, [500]), [4, 500]);
      equal(await attempts(call, [network()]), [4, "REQUEST_SEND_ERROR"]);
    }
  });

  check("does not repeat a send whose fate is unknown", async () => {
    const calls = [
      sends,
      (client) => client.sendToUser("u", "x"),
      (client) => client.sendToConnection("c", "x"),
      (client) => client.group("g").sendToAll("x"),
    ];
    for (const call of calls) {
      for (const status of [408, 500, 502, 504]) equal(await attempts(call, [status]), [1, status]);
      equal(await attempts(call, [network()]), [1, "REQUEST_SEND_ERROR"]);
    }
  });

  check("repeats a send that the service did not take", async () => {
    for (const status of [429, 503]) {
      equal(await attempts(sends, [status]), [4, status]);
      equal(await attempts(sends, [status, 202]), [2, undefined]);
    }
    // Even where the service says when to try again, another status does not say that it took nothing.
    const asking = () => answer(500, { headers: { "Retry-After": "0" } });
    equal(await attempts(sends, [asking]), [1, 500]);
  });

  check("repeats sends of unknown fate if asked to", async () => {
    const repeatSends = { repeatSends: true };
    for (const status of [408, 500, 502, 504]) {
      equal(await attempts(sends, [status], repeatSends), [4, status]);
    }
    equal(await attempts(sends, [network(), network(), 202], repeatSends), [3, undefined]);
  });

  check("repeats as often as it is told", async () => {
    for (const maxRetries of [0, 1, 7])
      equal(await attempts(asks, [500], { maxRetries }), [maxRetries + 1, 500]);
    equal(await attempts(asks, [500, 503, 200], { maxRetries: 2 }), [3, undefined]);
    equal(await attempts(asks, [500, 200], { maxRetries: 0 }), [1, 500]);
  });

  check("fails with the last answer", async () => {
    const last = () => refusal(500, "Error.Last", "the last");
    const { client } = recording([network(), 503, last], { retryOptions: { ...SOON, maxRetries: 2 } });
    await rejects(client.userExists("u"), { code: "Error.Last", message: "the last", statusCode: 500 });
  });

  check("waits as long as the service asks, in every form", async () => {
    const forms = [
      { "Retry-After": "0" },
      { "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" },
      { "retry-after-ms": "1" },
      { "x-ms-retry-after-ms": "1" },
      { "retry-after-ms": "1", "x-ms-retry-after-ms": "9000000", "Retry-After": "9000" },
      { "x-ms-retry-after-ms": "1", "Retry-After": "9000" },
    ];
    for (const headers of forms) {
      for (const status of [429, 503]) {
        equal(await attempts(sends, [() => answer(status, { headers }), 202], LATE), [2, undefined]);
      }
      equal(await attempts(asks, [() => answer(500, { headers }), 200], LATE), [2, undefined]);
    }
  });

  check("gives up when the service asks for too long a wait", async () => {
    const forms = [
      { "Retry-After": "65" },
      { "Retry-After": new Date(Date.now() + 86_400_000).toUTCString() },
      { "retry-after-ms": "64001" },
      { "x-ms-retry-after-ms": "64001" },
    ];
    for (const headers of forms) equal(await attempts(sends, [unavailable(headers)]), [1, 503]);
    const short = { maxRetryDelayInMs: 1 };
    equal(await attempts(asks, [unavailable({ "retry-after-ms": "2" })], short), [1, 503]);
    equal(await attempts(asks, [unavailable({ "retry-after-ms": "1" })], short), [4, 503]);
  });

  check("waits on its own where what the service asks for makes no sense", async () => {
    for (const value of ["soon", "", "-1", "Sun, 99 Foo 1994 08:49:37 GMT", "1e3"]) {
      equal(await attempts(asks, [unavailable({ "Retry-After": value }), 200]), [2, undefined]);
    }
  });

  check("waits no longer than it may", async () => {
    const retryOptions = { retryDelayInMs: 600_000, maxRetryDelayInMs: 1 };
    equal(await attempts(asks, [500], retryOptions), [4, 500]);
  });

  check("signs every attempt anew", async () => {
    const credential = new pkg.AzureKeyCredential("first");
    const renew = () => {
      credential.update("second");
      return answer(503);
    };
    const { requests, fetch } = recording([renew, 202]);
    const options = { fetch, retryOptions: SOON };
    const client = new pkg.WebPubSubServiceClient("https://contoso.example", credential, "chat", options);
    await client.sendToAll("x");
    const [first, second] = requests;
    ok(await isSigned(first.token, "first"), "the first attempt");
    ok(await isSigned(second.token, "second"), "the second attempt");
    equal([first.claims.aud, second.claims.aud], [first.url, first.url]);
  });

  check("keeps the id of a call over its attempts", async () => {
    const { client, requests } = recording([503, 503, 202, 202], { retryOptions: SOON });
    await client.sendToAll("x");
    await client.sendToAll("x");
    const [one, two, three, other] = requests.map(({ headers }) => headers.get("x-ms-client-request-id"));
    equal([two, three], [one, one]);
    ok(one !== other, "each call has an id of its own");
    ok(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(one), "a UUID");
  });

  check("sends the same each time", async () => {
    const { client, requests } = recording([503, 202], { retryOptions: SOON });
    const customHeaders = { "x-mine": "1" };
    const options = { messageTtlSeconds: 7, messageMetadata: { a: "b" }, requestOptions: { customHeaders } };
    await client.group("g").sendToAll(new Blob(["bytes"]), options);
    const seen = requests.map(({ method, url, headers, text }) => {
      const shown = Object.fromEntries(headers);
      delete shown.authorization;
      return { method, url, shown, text };
    });
    equal(seen[0], seen[1]);
    equal([seen[0].text, seen[0].shown["x-mine"]], ["bytes", "1"]);
  });

  check("refuses retry options that make no sense", async () => {
    const make = (retryOptions) => () => recording([202], { retryOptions });
    for (const name of ["maxRetries", "retryDelayInMs", "maxRetryDelayInMs"]) {
      await rejects(async () => make({ [name]: -1 })(), { name: "RangeError", code: "InvalidOption" });
      for (const value of ["3", NaN, {}, true]) {
        await rejects(async () => make({ [name]: value })(), { name: "TypeError", code: "InvalidOption" });
      }
    }
    await rejects(async () => make({ repeatSends: "yes" })(), { name: "TypeError", code: "InvalidOption" });
    await rejects(async () => make(5)(), { name: "TypeError", code: "InvalidOption" });
    for (const retryOptions of [undefined, null, {}, { maxRetries: undefined, repeatSends: null }]) {
      equal(await attempts(asks, [500], retryOptions), [4, 500]);
    }
  });
}
