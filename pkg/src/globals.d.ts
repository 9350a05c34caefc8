// The globals that every supported runtime has, as far as this package uses them.
//
// In here: the least that the code needs, so that it compiles without lib.dom and @types/node. Not in here: public
// types, which are in platform.ts. Nothing of this file reaches the package's declarations.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: (event: unknown) => void): void;
  removeEventListener(type: "abort", listener: (event: unknown) => void): void;
}

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare var AbortController: { prototype: AbortController; new (): AbortController };

interface Headers extends Iterable<[name: string, value: string]> {
  get(name: string): string | null;
  has(name: string): boolean;
  append(name: string, value: string): void;
  set(name: string, value: string): void;
  forEach(callback: (value: string, name: string, parent: Headers) => void): void;
}
declare var Headers: { prototype: Headers; new (): Headers };

interface ReadableStreamReader {
  read(): Promise<{ done: boolean; value?: unknown }>;
  cancel(reason?: unknown): Promise<void>;
}

interface ReadableStreamController {
  enqueue(chunk: unknown): void;
  close(): void;
  error(reason: unknown): void;
}

interface StreamSource {
  start?(controller: ReadableStreamController): void;
  pull?(controller: ReadableStreamController): Promise<void>;
  cancel?(): void;
}

interface ReadableStream {
  readonly locked: boolean;
  getReader(): ReadableStreamReader;
  cancel(reason?: unknown): Promise<void>;
}
declare var ReadableStream: {
  prototype: ReadableStream;
  new (source: StreamSource, strategy: { highWaterMark: number }): ReadableStream;
};

interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}
declare var Blob: { prototype: Blob; new (parts: unknown[]): Blob };

interface Body {
  readonly headers: Headers;
  readonly body: ReadableStream | null;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

interface Request extends Body {
  clone(): Request;
  readonly method: string;
  readonly url: string;
  readonly signal: AbortSignal;
}
declare var Request: {
  prototype: Request;
  new (url: string | URL, init: Record<string, unknown>): Request;
};

interface Response extends Body {
  clone(): Response;
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
}
declare var Response: {
  prototype: Response;
  new (
    body: unknown,
    init?: { status?: number; statusText?: string; headers?: Record<string, string> | Headers },
  ): Response;
};

declare function fetch(input: string | Request, init?: object): Promise<Response>;

interface URL {
  hash: string;
  search: string;
  readonly href: string;
  readonly hostname: string;
  readonly origin: string;
  readonly pathname: string;
  readonly protocol: string;
  readonly searchParams: URLSearchParams;
}
declare var URL: { prototype: URL; new (url: string, base?: string | URL): URL };

interface URLSearchParams {
  has(name: string): boolean;
  toString(): string;
}
declare var URLSearchParams: {
  prototype: URLSearchParams;
  new (members: Record<string, string>): URLSearchParams;
};

interface TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };

interface TextDecoder {
  decode(bytes: ArrayBuffer | ArrayBufferView): string;
}
declare var TextDecoder: {
  prototype: TextDecoder;
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};

declare namespace WebAssembly {
  interface Module {}
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  var Module: { prototype: Module; new (bytes: ArrayBuffer | ArrayBufferView): Module };
  var Instance: { prototype: Instance; new (module: Module, imports?: object): Instance };
  var RuntimeError: { prototype: Error; new (message?: string): Error };
}

declare function setTimeout(run: () => void, milliseconds: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare function atob(base64: string): string;
declare function btoa(bytes: string): string;

declare var crypto: { randomUUID(): string };
declare var console: { error(...values: unknown[]): void; warn(...values: unknown[]): void };

interface String {
  /** ES2024. */
  isWellFormed(): boolean;
}

interface SymbolConstructor {
  /** ES2026; not in every runtime yet. */
  readonly dispose?: symbol;
}

/** The compiled WebAssembly core; package.json maps it to the loader of each runtime. */
declare module "#wasm" {
  const module: WebAssembly.Module;
  export default module;
}
