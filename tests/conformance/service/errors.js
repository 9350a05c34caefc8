// What failures look like: those that the service tells of, and answers that are not the service's.
import { equal, matches, ok, rejects } from "../assert.js";
import { answer, refusal } from "../recorder.js";
import { endpointIn } from "../jwt.js";

const ONCE = { retryOptions: { maxRetries: 0 } };

export function errors({ pkg, check, live, connectionString, recording }) {
  const { RestError, isRestError } = pkg;
  /** What a send fails with that is answered so. */
  const failed = (expected, ...answers) => {
    const { client } = recording(answers, ONCE);
    return rejects(client.sendToAll("x"), { name: "RestError", ...expected });
  };

  live("tells what the service says of something that is not there", async ({ hub, client }) => {
    const error = await rejects(client.group("g").addConnection("no body"), {
      name: "RestError",
      message: "Connection `no body` is not found.",
      code: "Error.Connection.NotExisted",
      statusCode: 404,
      kind: "NotFound",
    });
    ok(error instanceof RestError && error instanceof Error && isRestError(error), "a RestError");
    equal(error.details, {
      code: "Error.Connection.NotExisted",
      errorCode: "Error.Connection.NotExisted",
      message: "Connection `no body` is not found.",
      target: "Connection",
      details: null,
      inner: null,
    });
    const { request, response } = error;
    equal(request.method, "PUT");
    matches(request.url, `/api/hubs/${hub}/groups/g/connections/no%20body?api-version=2024-12-01`);
    equal(request.headers.get("X-MS-Client-Request-Id"), request.requestId);
    equal([response.status, response.request], [404, request]);
    equal(JSON.parse(response.bodyAsText).target, "Connection");
    equal(response.headers.get("X-Ms-Error-Code"), "Error.Connection.NotExisted");
    equal([response.headers.get("nothing"), response.headers.has("nothing")], [undefined, false]);
    equal(response.headers.toJSON()["x-ms-error-code"], "Error.Connection.NotExisted");
    ok(
      [...response.headers].some(([name]) => name === "x-ms-error-code"),
      "headers can be iterated",
    );
  });

  live("has one kind for one situation, whatever its severity", async ({ client }) => {
    const severities = {
      Error: () => client.group("g").addConnection("nobody"),
      Warning: () => client.group("g").addUser("nobody"),
      Info: () => client.grantPermission("nobody", "sendToGroup", { targetName: "g" }),
    };
    for (const [severity, call] of Object.entries(severities)) {
      await rejects(call, { kind: "NotFound", code: new RegExp(`^${severity}\\.`) });
    }
  });

  live("tells what the service finds wrong in a request", async ({ client }) => {
    for (const call of [
      () => client.sendToAll("x", { filter: "userId eq" }),
      () => client.addConnectionsToGroups(["g"], "userId eq"),
    ]) {
      const error = await rejects(call, {
        code: "Error.BadRequest",
        statusCode: 400,
        kind: "InvalidRequest",
        message: /syntax.*'filter'/i,
      });
      matches(error.response.headers.get("content-type"), "application/problem+json");
      equal(error.details.title, "One or more validation errors occurred.");
      equal(error.details.errors.Filter, [error.message]);
    }
  });

  live("names a wrong key, also when the response has no body", async ({ hub }) => {
    const endpoint = endpointIn(connectionString);
    const client = new pkg.WebPubSubServiceClient(endpoint, { key: "another" }, hub);
    const expected = {
      kind: "Unauthorized",
      statusCode: 401,
      code: "Error.Unauthorized",
      message: /access key/,
    };
    const error = await rejects(client.sendToAll("x"), expected);
    matches(error.message, "check the access key");
    const bare = await rejects(client.userExists("u"), expected);
    equal([bare.response.bodyAsText, bare.request.method], [null, "HEAD"]);
    await rejects(client.getServiceStatus(), expected);
  });

  check("takes the code from the header where the body has none", async () => {
    const headers = { "x-ms-error-code": "Error.Header" };
    await failed({ code: "Error.Header", statusCode: 400 }, () => answer(400, { headers }));
    await failed({ code: "Error.Header" }, () => answer(400, { headers, body: "<html>" }));
    const both = await failed({ code: "Error.Body" }, () =>
      answer(400, { headers, body: { code: "Error.Body", message: "m" } }),
    );
    equal([both.message, both.details.errorCode], ["m", "Error.Header"]);
    await failed({ code: undefined }, 400);
  });

  check("says which status it was where nothing else is said", async () => {
    const bodies = [
      "",
      "<html>down</html>",
      "null",
      "5",
      '"text"',
      "[1]",
      '{"message":5,"code":[]}',
      "{",
      "{}",
    ];
    for (const body of bodies) {
      const error = await failed({ kind: "Server", code: undefined }, () => answer(502, { body }));
      matches(error.message, "502");
      equal(error.response.bodyAsText, body === "" ? null : body);
      const details = body.startsWith("{") && body !== "{" ? JSON.parse(body) : {};
      equal(error.details, details);
    }
    matches((await failed({}, () => answer(400, { body: { title: "the title" } }))).message, "the title");
  });

  check("follows no redirect, which would take the token elsewhere", async () => {
    const elsewhere = () => answer(307, { headers: { Location: "https://elsewhere.example/" } });
    const { client, requests } = recording([elsewhere], ONCE);
    await rejects(client.sendToAll("x"), { statusCode: 307 });
    equal([requests.length, requests[0].redirect], [1, "manual"]);
  });

  check("tells why no answer came", async () => {
    const cause = new TypeError("the network is down");
    const network = { kind: "Network", code: "REQUEST_SEND_ERROR", statusCode: undefined };
    equal((await failed(network, cause)).cause, cause);
    matches((await failed(network, cause)).message, /^No response was received from contoso\.example: /);
    for (const reason of ["text", null, 5])
      equal((await failed(network, () => Promise.reject(reason))).cause, reason);
    for (const junk of [undefined, null, 5, "text", {}, { status: 200 }]) await failed(network, () => junk);
    equal(RestError.REQUEST_SEND_ERROR, "REQUEST_SEND_ERROR");
    equal(RestError.REQUEST_TIMEOUT, "REQUEST_TIMEOUT");
    equal(RestError.PARSE_ERROR, "PARSE_ERROR");
  });

  check("names the host that gave no answer, and no more of the URL", async () => {
    const down = () => Promise.reject(new TypeError("down"));
    const proxied = { ...ONCE, reverseProxyEndpoint: "http://127.0.0.1:8080/secret/" };
    const { client } = recording([down], proxied);
    const error = await rejects(client.sendToUser("ada", "x"), { kind: "Network" });
    matches(error.message, /^No response was received from 127\.0\.0\.1:8080: check/);
  });

  check("tells that the answer broke off", async () => {
    const cause = new Error("reset");
    const broken = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.error(cause);
          },
        }),
        { status: 200 },
      );
    const { client } = recording([broken], ONCE);
    const error = await rejects(client.group("g").listConnections().next(), { code: "REQUEST_SEND_ERROR" });
    ok(error.cause !== undefined, "the cause is there");
  });

  check("tells that nobody listens at the endpoint", async () => {
    const client = new pkg.WebPubSubServiceClient("http://127.0.0.1:1", { key: "k" }, "chat", ONCE);
    await rejects(client.sendToAll("x"), { name: "RestError", kind: "Network", code: "REQUEST_SEND_ERROR" });
  });

  check("makes errors that can be told from others and printed", async () => {
    const error = await failed({}, () => refusal(404, "Error.X", "no x"));
    equal(String(error), "RestError: no x");
    equal(Object.keys(error).sort(), ["code", "details", "kind", "name", "statusCode"]);
    const foreign = Object.assign(new Error("m"), { name: "RestError" });
    equal([error, foreign].map(isRestError), [true, true]);
    equal(
      [new Error("m"), { name: "RestError" }, null, undefined, "x"].map(isRestError),
      Array(5).fill(false),
    );
    const made = new RestError("m", {
      code: "c",
      statusCode: 1,
      kind: "Server",
      details: { a: 1 },
      cause: "why",
    });
    equal(
      { ...made, message: made.message, cause: made.cause },
      {
        name: "RestError",
        message: "m",
        code: "c",
        statusCode: 1,
        kind: "Server",
        details: { a: 1 },
        cause: "why",
      },
    );
    equal([new RestError("m").kind, "cause" in new RestError("m")], ["Unexpected", false]);
  });
}
