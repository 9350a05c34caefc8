// Vectors of the client: what a call sends, and what becomes of it.
import { equal, ok } from "../assert.js";
import { decoded, isSigned } from "../jwt.js";
import { errorOf, withoutEmpty } from "./cases.js";
import { NOW, onHost, responding } from "./host.js";
import { call } from "./operations.js";

const ENDPOINT = "https://contoso.example";
const KEY = "key";
const HEADER = { alg: "HS256", typ: "JWT" };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const AGENT = /^webpubsub-edge\/\d+\.\d+\.\d+$/;
const AGENT_IN_TEXT = /webpubsub-edge\/\d+\.\d+\.\d+$/;

/** The client that a vector describes. */
export const clientOf = (pkg, { target = {}, options = {} }, fetch, more) => {
  const { connectionString, endpoint = ENDPOINT, key = KEY, bearer, hub = "chat" } = target;
  const all = { fetch, timeoutInMs: 0, ...options, ...more };
  if (connectionString !== undefined) return new pkg.WebPubSubServiceClient(connectionString, hub, all);
  const getToken = async () => ({ token: bearer, expiresOnTimestamp: (NOW + 3600) * 1000 });
  const credential = bearer ? { getToken } : { key };
  return new pkg.WebPubSubServiceClient(endpoint, credential, hub, all);
};

const responsesOf = ({ status = 200, body, responses = [{ status, body }] }) => responses;

/** The claims of a token that is signed with the key. */
const claimsOf = async (token, key) => {
  ok(await isSigned(token, key), "the signature");
  const { header, claims } = decoded(token);
  equal(header, HEADER);
  return claims;
};

const bodyOf = (body) => {
  if (body === undefined || typeof body === "string") return body;
  return { base64: btoa(String.fromCharCode(...body)) };
};

/**
 * A request as vectors have it. Its token must be good for the URL at the service, its id a UUID, its user agent
 * this package; what is not in the headers was checked here.
 */
const requestOf = async (
  { method, url, headers, body, redirect },
  { target: { bearer, key = KEY } = {} },
) => {
  equal(new URL(url).href, url, "the URL after a parser");
  equal(redirect, "manual");
  const all = Object.fromEntries(new Headers(headers));
  const { authorization, "x-ms-client-request-id": id, "user-agent": agent, ...others } = all;
  if (!UUID.test(id)) others["x-ms-client-request-id"] = id;
  if (!AGENT.test(agent)) others["user-agent"] = agent.replace(AGENT_IN_TEXT, "webpubsub-edge/*");
  const request = { method, url, headers: others, body: bodyOf(body) };
  if (bearer) equal(authorization, `Bearer ${bearer}`);
  else {
    const { aud, ...times } = await claimsOf(authorization.replace(/^Bearer /, ""), key);
    equal(times, { iat: NOW, exp: NOW + 3600 });
    if (aud !== url) request.audience = aud;
  }
  return withoutEmpty(request);
};

/** A client access token as vectors have it. */
const accessOf = async ({ token, baseUrl, url }, { target: { bearer, key = KEY } = {} }) => {
  equal(url, `${baseUrl}?access_token=${token}`);
  equal(new URL(baseUrl).href, baseUrl, "the URL after a parser");
  if (bearer) return { token, baseUrl };
  ok(await isSigned(token, key), "the signature");
  const {
    header,
    claims: { iat, exp, ...claims },
  } = decoded(token);
  equal(iat, NOW);
  const isUsual = JSON.stringify(header) === JSON.stringify(HEADER);
  return { baseUrl, ...(!isUsual && { header }), claims, lifetimeInSeconds: exp - iat };
};

/** Makes the call of a vector; returns its requests, its delays, and its outcome or error. */
const observed = async (pkg, vector, more) => {
  const { fetch, requests } = responding(responsesOf(vector));
  const output = {};
  const run = async () => {
    const outcome = await call(clientOf(pkg, vector, fetch, more), vector.call);
    const isAccess = vector.call.operation === "generateClientToken";
    if (outcome !== undefined) output.outcome = isAccess ? await accessOf(outcome, vector) : outcome;
  };
  const attempt = () => run().catch((error) => void (output.error = errorOf(error)));
  const waits = await onHost(attempt, vector);
  return { requests, waits, output };
};

/** Vectors about requests: every request, and the outcome. */
export const requests = async (pkg, vector) => {
  const { requests, output } = await observed(pkg, vector);
  const all = [];
  for (const request of requests) all.push(await requestOf(request, vector));
  if (all.length === 1) output.request = all[0];
  if (all.length > 1) output.requests = all;
  return output;
};

/** Vectors about names: the path and the query of the request. */
export const names = async (pkg, vector) => {
  const { request, error } = await requests(pkg, vector);
  if (error?.kind === "InvalidInput") {
    equal(request, undefined, "the request");
    return { error };
  }
  const target = request.url.slice(ENDPOINT.length).replace("?api-version=2024-12-01", "");
  return { target, ...(request.body && { body: request.body }) };
};

/** Vectors about addresses: where requests go, what they are signed for, and where clients connect. */
export const addresses = async (pkg, vector) => {
  const status = { ...vector, call: { operation: "getServiceStatus" } };
  const { request, error } = await requests(pkg, status);
  if (error) return { error };
  const originOf = (url) => url.replace("/api/health?api-version=2024-12-01", "");
  const output = { requests: originOf(request.url) };
  if (request.audience) output.audience = originOf(request.audience);
  if (vector.target?.bearer) return output;
  equal(clientOf(pkg, vector).endpoint, `${output.audience ?? output.requests}/`, "the endpoint");
  const token = { ...vector, call: { operation: "generateClientToken" } };
  output.clients = (await requests(pkg, token)).outcome.baseUrl;
  return output;
};

/** Vectors about attempts: how many there are, the delays between them, and the outcome. */
export const attempts = async (pkg, vector) => {
  const { requests, waits, output } = await observed(pkg, vector);
  return { attempts: requests.length, ...(waits.length > 0 && { waits }), ...output };
};

/** Vectors about logs: what is shown of the last attempt. */
export const logs = async (pkg, vector) => {
  const records = [];
  const log = (_, record) => void records.push(record);
  const loggingOptions = { ...vector.log, logger: { info: log } };
  const { output } = await observed(pkg, vector, { loggingOptions });
  const { url, requestHeaders, responseHeaders, responseBody, error } = records.at(-1);
  const sorted = (headers) => headers && Object.fromEntries(Object.entries(headers).sort());
  return withoutEmpty({
    url,
    requestHeaders: sorted(requestHeaders),
    responseHeaders: sorted(responseHeaders),
    responseBody,
    attemptError: error,
    error: output.error,
  });
};
