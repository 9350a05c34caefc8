// JSON Web Tokens by WebCrypto: read, checked and made without the package.

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

const bytesOf = (text) => new TextEncoder().encode(text);

const unpadded = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const fromBase64Url = (text) => {
  if (!/^[\w-]*$/.test(text)) throw new Error(`This is not unpadded base64url: ${text}`);
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
};

const json = (part) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64Url(part)));

/** The header and the claims of a token, and its lifetime in seconds. */
export const decoded = (token) => {
  const [header, claims, , ...more] = token.split(".");
  if (more.length > 0) throw new Error("A token has three parts");
  const { iat, exp } = json(claims);
  return { header: json(header), claims: json(claims), lifetime: exp - iat };
};

const keyOf = (key) => crypto.subtle.importKey("raw", bytesOf(key), ALGORITHM, false, ["sign", "verify"]);

/** Whether a token is signed with a key: the bytes of its text. */
export const isSigned = async (token, key) => {
  const at = token.lastIndexOf(".");
  const signature = fromBase64Url(token.slice(at + 1));
  return crypto.subtle.verify("HMAC", await keyOf(key), signature, bytesOf(token.slice(0, at)));
};

/** A token with these claims. */
export const signed = async (claims, key) => {
  const part = (value) => unpadded(bytesOf(JSON.stringify(value)));
  const head = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  const signature = await crypto.subtle.sign("HMAC", await keyOf(key), bytesOf(head));
  return `${head}.${unpadded(new Uint8Array(signature))}`;
};

/** The key of a connection string. */
export const keyIn = (connectionString) => /AccessKey=([^;]+)/.exec(connectionString)[1];

/** The endpoint of a connection string. */
export const endpointIn = (connectionString) => /Endpoint=([^;]+)/.exec(connectionString)[1];
