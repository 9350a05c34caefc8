/**
 * Requests to the admin API of a running emulator, and its streams. The emulator checks all values, and says what is wrong.
 *
 * By `node:http`, since tests often replace `fetch`.
 */
import { request, type IncomingMessage } from "node:http";

/** Parameters of a URL; those that are `undefined` are left out. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

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

const withParameters = (path: string, parameters: Parameters = {}): string => {
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
    { parameters, body }: { parameters?: Parameters; body?: object } = {},
  ): Promise<T> {
    const response = await this.#open(method, withParameters(path, parameters), body);
    const text = await read(response);
    if (response.statusCode === undefined || response.statusCode >= 400) {
      throw new Refusal(response.statusCode, text);
    }
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** Opens a stream of server-sent events. */
  async stream<T>(path: string, parameters: Parameters): Promise<Stream<T>> {
    const response = await this.#open("GET", withParameters(path, parameters));
    if (response.statusCode !== 200) throw new Refusal(response.statusCode, await read(response));
    return { items: events<T>(response), close: () => response.destroy() };
  }

  #open(method: string, path: string, body?: object): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/json" };
      const sent = request(this.#url + path, { method, headers, agent: false }, resolve);
      sent.once("error", (cause) => {
        const message = `The emulator's admin API cannot be reached (${cause.message}): has the emulator stopped?`;
        reject(new Error(message, { cause }));
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
