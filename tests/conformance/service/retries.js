// What attempts have in common, and the options of retries. Which calls are retried, and when, is in the vectors.
import { equal, ok, rejects } from "../assert.js";
import { answer } from "../recorder.js";
import { isSigned } from "../jwt.js";

const SOON = { retryDelayInMs: 1 };

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
    equal(await attempts(asks, [500, 500, 500, 500, 500, 200], { maxRetries: Infinity, retryDelayInMs: 1 }), [
      6,
      undefined,
    ]);
    for (const retryOptions of [undefined, null, {}, { maxRetries: undefined, repeatSends: null }]) {
      equal(await attempts(asks, [500], retryOptions), [4, 500]);
    }
  });
}
