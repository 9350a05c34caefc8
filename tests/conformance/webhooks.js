// Requests as the service sends them.

export const PRIMARY = "7aab239577fd4f24bc919802fb629f5f";
export const SECONDARY = "a5f2815d0d0c4b00bd27e832432f91ab";
export const CONNECTION = "0f9c97a2f0bf4706afe87a14e0797b11";
/** What the service signs this connection with, by the keys above. */
export const SIGNATURES = [
  "sha256=7767effcb3946f3e1de039df4b986ef02c110b1469d02c0a06f41b3b727ab561",
  "sha256=d4aefb65547a00a9881fa8ac8bd03d0faf77af9da5205d45c6e57cbda4377760",
];
export const ORIGIN = "contoso.webpubsub.azure.com";
export const URL_OF_CHAT = "https://app.example/api/webpubsub/hubs/chat/";

/** The signature of any connection. */
export const signature = async (key, connectionId) => {
  const bytes = (text) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const hmac = await crypto.subtle.importKey("raw", bytes(key), algorithm, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", hmac, bytes(connectionId)));
  return `sha256=${Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
};

/** The handshake. */
export const handshake = (origin, { method = "OPTIONS", url = URL_OF_CHAT, headers = {} } = {}) =>
  new Request(url, {
    method,
    headers: { ...(origin && { "WebHook-Request-Origin": origin }), "ce-awpsversion": "1.0", ...headers },
  });

/** The headers of an event; `undefined` leaves one out. */
export const eventHeaders = (type, headers = {}) => {
  const all = {
    "WebHook-Request-Origin": ORIGIN,
    "Content-Type": "application/json; charset=utf-8",
    "ce-specversion": "1.0",
    "ce-awpsversion": "1.0",
    "ce-type": `azure.webpubsub.${type}`,
    "ce-source": `/hubs/chat/client/${CONNECTION}`,
    "ce-id": "1",
    "ce-time": "2026-01-31T12:00:00Z",
    "ce-signature": SIGNATURES.join(","),
    "ce-connectionId": CONNECTION,
    "ce-hub": "chat",
    "ce-eventName": type.split(".").slice(1).join("."),
    ...headers,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

/** An event. An object is sent as JSON, another body as it is. */
export const event = (type, body = {}, { headers, url = URL_OF_CHAT, ...init } = {}) => {
  const isObject = Object.getPrototypeOf(Object(body)) === Object.prototype;
  const sent = isObject ? JSON.stringify(body) : body;
  return new Request(url, { method: "POST", headers: eventHeaders(type, headers), body: sent, ...init });
};

export const text = (body, headers) =>
  event("user.message", body, { headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } });

export const binary = (body, headers) =>
  event("user.message", body, { headers: { "Content-Type": "application/octet-stream", ...headers } });

/** The headers that only MQTT clients have. */
export const MQTT = {
  "ce-subprotocol": "mqtt",
  "ce-physicalConnectionId": "p-1",
  "ce-sessionId": "s-1",
};

/** A value as the state of a connection travels: base64 of its JSON. */
export const base64 = (value) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))));

/** The JSON in a response. */
export const jsonOf = async (response) => JSON.parse(await response.text());

/** The state that a response sets. */
export const stateOf = (response) => {
  const header = response.headers.get("ce-connectionState");
  if (header === null) return undefined;
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(header), (c) => c.charCodeAt(0))));
};
