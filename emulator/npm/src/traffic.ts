/**
 * Reading and awaiting the records of the traffic.
 */
import type { Admin, Stream } from "./admin.js";
import type { Traffic, TrafficFilter, WaitOptions, WatchOptions } from "./control.js";
import type { GapRecord, RecordKind, RecordOf, TrafficRecord } from "./records.js";

const PATH = "/api/traffic";
const DEFAULT_TIMEOUT_IN_MS = 10_000;
/** Number of records that an error shows. */
const SHOWN_RECORDS = 10;

const isGap = (record: { readonly kind: string }): record is GapRecord => record.kind === "gap";

/** What an error says about a record. */
const line = (record: TrafficRecord): string => {
  switch (record.kind) {
    case "rest":
    case "connect": {
      const { method, url } = record.request;
      return `${record.kind} ${method} ${url}: ${record.response?.status ?? "connection reset"}`;
    }
    case "event":
      return `event ${record.event}: ${record.error ?? record.response?.status ?? "no response"}`;
    case "frame": {
      const { text, base64 = "" } = record.body;
      return `frame ${record.direction} ${record.opcode} ${(text ?? base64).slice(0, 200)}`;
    }
    case "lost":
    case "disconnect":
      return `${record.kind} ${record.reason}`;
  }
};

/** The traffic of an emulator. */
export class TrafficReader implements Traffic {
  readonly #admin: Admin;

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  // The members of a filter are parameters of the admin API.
  list<K extends RecordKind = RecordKind>(filter: TrafficFilter<K> = {}): Promise<RecordOf<K>[]> {
    return this.#admin.items(PATH, filter);
  }

  async wait<K extends RecordKind = RecordKind>(
    filter: TrafficFilter<K> = {},
    { where = () => true, after = 0, timeoutInMs = DEFAULT_TIMEOUT_IN_MS }: WaitOptions<K> = {},
  ): Promise<RecordOf<K>> {
    const stream = await this.#open(filter, { after });
    const others: TrafficRecord[] = [];
    const first = async (): Promise<RecordOf<K>> => {
      for await (const record of stream.items) {
        if (isGap(record)) continue;
        if (where(record)) return record;
        others.push(record);
        if (others.length > SHOWN_RECORDS) others.shift();
      }
      throw new Error("The emulator stopped before there was a matching record.");
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const seen = others.map((record) => `\n  ${line(record)}`).join("");
        const last = seen && ` The latest that only \`where\` rejected:${seen}`;
        const wanted = JSON.stringify(filter);
        reject(new Error(`No matching record of ${wanted} in ${timeoutInMs} ms (timeoutInMs).${last}`));
      }, timeoutInMs);
    });
    try {
      return await Promise.race([first(), late]);
    } finally {
      clearTimeout(timer);
      stream.close();
    }
  }

  async watch<K extends RecordKind = RecordKind>(
    filter: TrafficFilter<K> = {},
    options: WatchOptions = {},
  ): Promise<AsyncGenerator<RecordOf<K> | GapRecord, void, undefined>> {
    return (await this.#open(filter, options)).items;
  }

  clear(): Promise<void> {
    return this.#admin.call("DELETE", PATH);
  }

  #open<K extends RecordKind>(
    filter: TrafficFilter<K>,
    { after }: WatchOptions,
  ): Promise<Stream<RecordOf<K> | GapRecord>> {
    return this.#admin.stream(`${PATH}/stream`, { ...filter, after });
  }
}
