// What the official clients do not have.
import {
  AzureKeyCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  isRestError,
  odata,
  RestError,
  roles,
  WebPubSubServiceClient,
  type ClientTokenResponse,
  type InputError,
  type JSONTypes,
  type KeyCredential,
  type Permission,
  type TokenCredential,
  type WebPubSubClientProtocol,
  type WebPubSubGroup,
  type WebPubSubGroupMember,
  type WebPubSubServiceClientOptions,
} from "webpubsub-edge";

const options: WebPubSubServiceClientOptions = {
  apiVersion: "2024-12-01",
  reverseProxyEndpoint: "https://apim.example/realtime/",
  reverseProxyClientUrls: true,
  retryOptions: { maxRetries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 2000, repeatSends: false },
  timeoutInMs: 10_000,
  loggingOptions: {
    logger: console,
    level: "debug",
    logBodies: false,
    additionalAllowedHeaderNames: ["x-team"],
    additionalAllowedQueryParameters: ["filter"],
  },
  userAgentOptions: { userAgentPrefix: "chat/1.0" },
  allowInsecureConnection: true,
  credentialScopes: "https://webpubsub.azure.com/.default",
  customHeaders: () => ({ traceparent: "00-0-0-01", tracestate: undefined }),
};

export function credentials(): WebPubSubServiceClient[] {
  const key = new AzureKeyCredential("k");
  key.update("k2");
  const plain: KeyCredential = { key: key.key };
  const secret = new ClientSecretCredential("tenant", "client", "secret", {
    authorityHost: "https://login.microsoftonline.us",
  });
  const assertion: TokenCredential = new ClientAssertionCredential("tenant", "client", async () => "a.b.c");
  const own: TokenCredential = {
    getToken: async (scopes, options) => {
      const first: string | undefined = Array.isArray(scopes) ? scopes[0] : scopes;
      if (first === undefined || options?.abortSignal?.aborted) return null;
      return { token: "t", expiresOnTimestamp: Date.now() + 60_000 };
    },
  };
  return [key, plain, secret, assertion, own].map(
    (credential) =>
      new WebPubSubServiceClient("https://contoso.webpubsub.azure.com", credential, "chat", options),
  );
}

const service = new WebPubSubServiceClient(
  "Endpoint=https://contoso;AccessKey=k;Version=1.0;",
  "chat",
  options,
);
const room: WebPubSubGroup = service.group("room");

export async function calls(signal: { abortSignal: AbortSignalOfAnyRuntime }) {
  await service.getServiceStatus(signal);
  await service.sendToAll(null);
  await service.sendToAll(
    { text: "hello" },
    {
      ...signal,
      contentType: "application/json",
      messageMetadata: { locale: "fr" },
      requestOptions: { timeout: 500, customHeaders: { traceparent: "00-0-0-01" } },
      loggingOptions: { logger: console },
      excludedConnections: ["c1"] as const,
    },
  );
  await service.sendToUser("u", new Uint8Array(1), { contentType: "application/octet-stream" });
  await service.sendToUser("u", "sent as UTF-8", { contentType: "application/octet-stream" });
  await service.sendToUser("u", new Uint8Array(1), { contentType: "application/json" });
  await service.sendToAll(frame, { contentType: "application/octet-stream" });
  await service.sendToUser("u", frame, { contentType: "application/octet-stream" });
  await service.sendToConnection("c", frame, { contentType: "application/octet-stream" });
  await room.sendToAll(frame, { contentType: "application/octet-stream" });
  await room.sendToAll(() => new StreamOfAnyRuntime());
  await service.closeAllConnections({ excludedConnections: ["c1"], reason: "deploy" });
  await service.closeUserConnections("u", { excludedConnections: ["c1"] });
  await room.closeAllConnections({ excludedConnections: ["c1"] });

  const names: { hub: string; group: string; version: string; endpoint: string } = {
    hub: room.hubName,
    group: room.groupName,
    version: service.apiVersion,
    endpoint: service.endpoint,
  };
  return names;
}

declare const frame: string | ArrayBuffer;

declare class StreamOfAnyRuntime {
  readonly locked: boolean;
  getReader(): unknown;
  cancel(reason?: unknown): Promise<void>;
}

interface AbortSignalOfAnyRuntime {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: (event: unknown) => void): void;
  removeEventListener(type: "abort", listener: (event: unknown) => void): void;
}

export function tokens(): ClientTokenResponse {
  const protocol: WebPubSubClientProtocol = "socketio";
  return service.getClientAccessTokenSync({
    userId: "alice",
    roles: [
      roles.joinLeaveGroup(),
      roles.sendToGroup("room"),
      roles.joinLeaveGroups("team.*"),
      roles.sendToGroups(`${roles.escape("a*b")}.?`),
      "webpubsub.aFutureRole",
    ],
    groups: ["room"],
    expirationTimeInSeconds: 90,
    jwtHeaders: { kid: "primary" },
    clientProtocol: protocol,
  });
}

export async function escapeHatch() {
  const response = await service.sendRequest(
    {
      method: "POST",
      path: "/api/hubs/chat/:send",
      query: { excluded: ["c1", "c2"], messageTtlSeconds: 5, filter: undefined },
      headers: { "content-type": "text/plain" },
      body: "hello",
    },
    { requestOptions: { timeout: 100 } },
  );
  const status: number = response.status;
  const type: string | null = response.headers.get("content-type");
  const text: string = await response.text();
  return [status, type, text, response.ok] as const;
}

export async function lists() {
  const members: WebPubSubGroupMember[] = [];
  for await (const member of room.listConnections({ top: 5 })) members.push(member);
  for await (const page of room.listConnections().byPage({ maxPageSize: 10 })) {
    members.push(...page);
    const token: string | undefined = page.continuationToken;
    if (token) break;
  }
  return members;
}

export function filters(): string[] {
  return [
    odata`userId in ${["a", "b"]} and length(groups) gt ${3} and ${true}`,
    odata`userId eq ${null} or userId eq ${undefined} or userId eq '${"x"}' or userId gt ${10n}`,
    odata`userId ne ${new Date(0)}`,
  ];
}

export async function errors(permission: Permission, message: JSONTypes) {
  try {
    await service.grantPermission("c1", permission, { targetName: "room" });
    await service.sendToConnection("c1", message);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      return (error as InputError).code === "InvalidConnectionId" ? "no such id" : error.message;
    }
    if (!isRestError(error)) throw error;
    switch (error.kind) {
      case "NotFound":
        return error.details?.errors?.["groups"]?.[0];
      case "TooManyRequests":
        return error.response?.headers.get("retry-after");
      case "Timeout":
        return error.code === RestError.REQUEST_TIMEOUT ? error.message : undefined;
      default:
        return `${error.name} ${error.statusCode} ${error.request?.method} ${error.request?.url} ${error.stack}`;
    }
  }
  return new RestError("nobody there", { statusCode: 404, kind: "NotFound", cause: new Error("x") }).code;
}
