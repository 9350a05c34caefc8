// What is logged: everything that helps, nothing that is secret, and nothing at all unless it is asked for.
import { equal, matches, ok, rejects, throws } from "../assert.js";
import { answer } from "../recorder.js";

const LEVELS = ["debug", "info", "warn", "error"];

/** A sink that keeps what it gets. */
const keeping = (...methods) => {
  const lines = [];
  const method = (name) => [name, (line, record) => void lines.push({ name, line, record })];
  return { lines, logger: Object.fromEntries((methods.length > 0 ? methods : LEVELS).map(method)) };
};

export function logging({ check, recording }) {
  check("logs nothing unless it is told where to", async () => {
    const original = {};
    let logged = 0;
    for (const name of [...LEVELS, "log", "trace"]) {
      original[name] = console[name];
      console[name] = () => (logged += 1);
    }
    try {
      for (const loggingOptions of [undefined, {}, { level: "debug", logBodies: true }]) {
        const { client } = recording([200, 500], { loggingOptions, retryOptions: { maxRetries: 0 } });
        await client.userExists("u");
        await rejects(client.sendToAll("x"), {});
      }
    } finally {
      Object.assign(console, original);
    }
    equal(logged, 0);
  });

  check("logs every attempt: what was asked, what came, and how long it took", async () => {
    const { lines, logger } = keeping();
    const headers = { "Retry-After": "0", "x-ms-error-code": "E", Server: "nginx" };
    const { client } = recording([() => answer(503, { headers }), 200], { loggingOptions: { logger } });
    await client.userExists("u");
    equal(
      lines.map(({ name, record }) => [name, record.attempt, record.status]),
      [
        ["info", 1, 503],
        ["info", 2, 200],
      ],
    );
    const [{ line, record }] = lines;
    const url = "https://contoso.example/api/hubs/chat/users/u?api-version=2024-12-01";
    equal([record.method, record.url, record.error], ["HEAD", url, undefined]);
    equal(typeof record.durationInMs, "number");
    const { server, "retry-after": after, "x-ms-error-code": code } = record.responseHeaders;
    equal([server, after, code], ["nginx", "0", "E"]);
    matches(record.requestHeaders["x-ms-client-request-id"], /^[0-9a-f-]{36}$/);
    for (const part of ["HEAD", url, "503", "attempt 1"]) matches(line, part);
  });

  check("logs that no answer came", async () => {
    const { lines, logger } = keeping();
    const options = { loggingOptions: { logger }, retryOptions: { maxRetries: 0 } };
    const { client } = recording([new TypeError("down")], options);
    await rejects(client.sendToAll("x"), {});
    const [{ line, record }] = lines;
    equal([lines.length, record.status, record.responseHeaders], [1, undefined, undefined]);
    matches(record.error, "No response");
    matches(line, "REQUEST_SEND_ERROR");
  });

  check("logs at the level that it is told", async () => {
    for (const level of LEVELS) {
      const { lines, logger } = keeping();
      await recording([200], { loggingOptions: { logger, level } }).client.userExists("u");
      equal(
        lines.map(({ name }) => name),
        [level],
      );
      const plain = keeping("log");
      await recording([200], { loggingOptions: { logger: plain.logger, level } }).client.userExists("u");
      equal(plain.lines.length, 1, "a logger that has nothing but log");
    }
    for (const level of ["loud", "log", "constructor", ""]) {
      throws(() => recording([], { loggingOptions: { level } }), {
        name: "TypeError",
        code: "InvalidOption",
      });
    }
  });

  check("logs for one call what that call says", async () => {
    const [whole, single] = [keeping(), keeping()];
    const { client } = recording([200], { loggingOptions: { logger: whole.logger } });
    await client.userExists("u", { loggingOptions: { logger: single.logger, level: "warn" } });
    equal([whole.lines.length, single.lines[0].name], [0, "warn"]);
    await client.userExists("u", { loggingOptions: {} });
    equal(whole.lines.length, 0, "a call may be silent");
    await client.userExists("u");
    equal(whole.lines.length, 1);
  });

  check("logs no value that is not known to be harmless", async () => {
    const { lines, logger } = keeping();
    const headers = { "Set-Cookie": "secret", "x-unknown": "secret", "Content-Type": "a/b" };
    const { client } = recording([() => answer(202, { headers })], {
      loggingOptions: { logger, logBodies: false },
    });
    const customHeaders = {
      "x-mine": "secret",
      Cookie: "secret",
      traceparent: "00-a",
      Authorization: "secret",
    };
    const options = { filter: "secret", excludedConnections: ["secret", "secret"], messageTtlSeconds: 1 };
    await client.sendToAll("secret", { ...options, requestOptions: { customHeaders } });
    const [{ line, record }] = lines;
    equal(JSON.stringify([line, record]).includes("secret"), false);
    const { authorization, cookie, traceparent, "x-mine": mine } = record.requestHeaders;
    equal([authorization, cookie, mine, traceparent], ["REDACTED", "REDACTED", "REDACTED", "00-a"]);
    equal([record.responseHeaders["x-unknown"], record.responseHeaders["content-type"]], ["REDACTED", "a/b"]);
    const query = "api-version=2024-12-01&excluded=REDACTED&excluded=REDACTED&filter=REDACTED";
    equal(record.url.split("?")[1], `${query}&messageTtlSeconds=REDACTED`);
  });

  check("logs values that it is told are harmless, and never a credential", async () => {
    const { lines, logger } = keeping();
    const loggingOptions = {
      logger,
      additionalAllowedHeaderNames: ["X-Mine", "authorization", "Authorization"],
      additionalAllowedQueryParameters: ["Filter", "access_token", "ACCESS_TOKEN"],
    };
    const { client, requests } = recording([202], { loggingOptions });
    const requestOptions = { customHeaders: { "x-mine": "shown" } };
    await client.sendToAll("x", { filter: "a b", excludedConnections: ["c"], requestOptions });
    await client.sendRequest({
      method: "GET",
      path: "/api/x",
      query: { access_token: "secret", filter: "f" },
    });
    equal(lines[0].record.requestHeaders["x-mine"], "shown");
    matches(lines[0].record.url, "excluded=REDACTED&filter=a%20b");
    matches(lines[1].record.url, "access_token=REDACTED");
    equal(JSON.stringify(lines).includes("secret"), false);
    for (const { token } of requests) equal(JSON.stringify(lines).includes(token), false);
  });

  check("logs bodies when they are asked for", async () => {
    const { lines, logger } = keeping();
    const body = { value: [{ connectionId: "c", userId: null }] };
    const { client } = recording([202, () => answer(200, { body })], {
      loggingOptions: { logger, logBodies: true },
    });
    await client.sendToAll({ a: 1 });
    await client.group("g").listConnections().next();
    equal(
      lines.map(({ record }) => [record.requestBody, record.responseBody]),
      [
        ['{"a":1}', ""],
        [undefined, JSON.stringify(body)],
      ],
    );
    const silent = keeping();
    const { client: other } = recording([202], { loggingOptions: { logger: silent.logger } });
    await other.sendToAll({ a: 1 });
    const { record } = silent.lines[0];
    equal(["requestBody" in record, "responseBody" in record], [false, false]);
  });

  check("fails no request because its logger fails", async () => {
    const failing = () => {
      throw new Error("full");
    };
    for (const logger of [{ info: failing }, {}, { info: "text" }, { log: failing }]) {
      const { client, requests } = recording([200], { loggingOptions: { logger } });
      equal(await client.userExists("u"), true);
      equal(requests.length, 1);
    }
    ok(true, "and the sink is the user's own affair");
  });
}
