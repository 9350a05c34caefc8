// Requests and responses of Node servers and Express, without a word of Node's own modules.

/** A function `(req, res, next?)` for `http.createServer`, Connect and Express. */
export const middleware = (handler) => async (req, res, next) => {
  try {
    const request = webRequest(req, res);
    const response = await (next ? handler.handle(request, ctx) : handler.fetch(request, ctx));
    return response ? await send(response, res) : next();
  } catch (error) {
    if (next) return next(error);
    res.statusCode = 500;
    res.end();
  }
};

// A Node process lives on after a response, and handlers report their errors themselves.
const ctx = { waitUntil() {} };

const webRequest = (req, res) => {
  const target = req.originalUrl ?? req.url;
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    // HTTP/2 has parts of the request line among the headers.
    if (!name.startsWith(":")) [value].flat().forEach((one) => headers.append(name, one));
  }
  const gone = new AbortController();
  res.once?.("close", () => {
    if (!res.writableEnded) gone.abort();
  });
  // The host is of no account here; the header still tells it.
  const url = new URL(target.startsWith("/") ? `http://localhost${target}` : "http://localhost/");
  return new Request(url, { method: req.method, headers, signal: gone.signal, ...body(req) });
};

const body = (req) => {
  if (req.method !== "POST") return {};
  // A parser in front has the body already. The signature does not cover it, so that it may be written anew.
  const read = req.rawBody ?? (req.readableDidRead ? req.body : undefined);
  if (read !== undefined) {
    const whole = typeof read === "string" || ArrayBuffer.isView(read);
    return { body: whole ? read : JSON.stringify(read) };
  }
  const chunks = req[Symbol.asyncIterator]();
  const source = {
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
    },
  };
  // Nothing is read ahead, so that a request of others goes on untouched.
  return { body: new ReadableStream(source, { highWaterMark: 0 }), duplex: "half" };
};

const send = async (response, res) => {
  res.statusCode = response.status;
  response.headers.forEach((value, name) => res.setHeader(name, value));
  res.end(new Uint8Array(await response.arrayBuffer()));
};
