/**
 * Requests to the admin API of a running emulator, and its streams. The emulator checks all values, and says what is wrong.
 *
 * By `node:http`, since tests often replace `fetch`.
 */
import { request, type IncomingMessage } from "node:http";

/** A refusal by the emulator. */
export class Refusal extends Error {
  constructor(
    readonly status: number | undefined,
    text: string,
  ) {
    let message: unknown;
    try {
      message = (JSON.parse(text) as { error?: unknown }).error;
    } catch {
      // It says nothing else.
    }
    super(
      typeof message === "string" ? message : `The emulator's admin API responded with the status ${status}.`,
    );
  }

  override name = "Error";
}

/** Records as they come. */
export interface Stream<T> {
  readonly items: AsyncGenerator<T, void, undefined>;
  /** Ends it, also while somebody waits for the next one. */
  close(): void;
}

/** Adds parameters, whose values are strings, numbers or arrays of them; those that are `undefined` are left out. */
const withParameters = (path: string, parameters: object = {}): string => {
  const list = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) list.append(name, String(item));
    }
  }
  return list.size === 0 ? path : `${path}?${list}`;
};

const read = async (response: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
};

/** The data of server-sent events. */
async function* events<T>(response: IncomingMessage): AsyncGenerator<T, void, undefined> {
  let rest = "";
  try {
    for await (const chunk of response.setEncoding("utf8")) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("data: ")) yield JSON.parse(line.slice("data: ".length)) as T;
      }
    }
  } catch (error) {
    // The emulator has gone away, or the stream was closed. Everything else is an error of the one who reads.
    if (!response.destroyed) throw error;
  }
}

/** The admin API at a URL. */
export class Admin {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends a request. Returns the response's JSON, or `undefined` if it has no body. */
  async call<T>(
    method: string,
    path: string,
    { parameters, body }: { parameters?: object; body?: object } = {},
  ): Promise<T> {
    const text = await read(await this.#open(method, withParameters(path, parameters), body));
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** Returns the items of a list. */
  async items<T>(path: string, parameters?: object): Promise<T[]> {
    return (await this.call<{ items: T[] }>("GET", path, { parameters })).items;
  }

  /** Opens a stream of server-sent events. */
  async stream<T>(path: string, parameters: object): Promise<Stream<T>> {
    const response = await this.#open("GET", withParameters(path, parameters));
    return { items: events<T>(response), close: () => response.destroy() };
  }

  /** Sends a request. Returns its response, unless it is a refusal. */
  async #open(method: string, path: string, body?: object): Promise<IncomingMessage> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/json" };
      const sent = request(this.#url + path, { method, headers, agent: false }, resolve);
      sent.once("error", (cause) => {
        const message = `The emulator's admin API cannot be reached (${cause.message}): has the emulator stopped?`;
        reject(new Error(message, { cause }));
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
    const { statusCode } = response;
    if (statusCode === undefined || statusCode >= 400) throw new Refusal(statusCode, await read(response));
    return response;
  }
}
