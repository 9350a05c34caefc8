// Every name that @azure/web-pubsub exports exists here too, and fits where the official one was.
import type { PagedAsyncIterableIterator } from "@azure/core-paging";
import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import type { FullOperationResponse, OperationOptions, OperationRequestOptions } from "@azure/core-client";
import type { PipelineRetryOptions, RequestBodyType, RestError } from "@azure/core-rest-pipeline";
import type * as Official from "@azure/web-pubsub";
import type * as Ours from "webpubsub-edge";
import type { Expect, Face, Gives, Same, Takes } from "./assert.js";

/** How XML is read and written, which the service does not use, and spans, which are not started: refused by name. */
type RefusedOptions = "serializerOptions" | "tracingOptions";

/** What fetch does not tell. */
type ProgressOptions = "onDownloadProgress" | "onUploadProgress" | "shouldDeserialize";

/** What only pipelines on Node's HTTP have: here there is `fetch`. */
type PipelineOptions =
  | "additionalPolicies"
  | "agent"
  | "httpClient"
  | "proxyOptions"
  | "redirectOptions"
  | "telemetryOptions"
  | "tlsOptions";

/** What one calls with: whatever fits the official type must fit ours. */
export type Inputs = [
  Expect<Takes<Ours.GenerateClientTokenOptions, Official.GenerateClientTokenOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupAddConnectionOptions, Official.GroupAddConnectionOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupAddUserOptions, Official.GroupAddUserOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupAdminClientOptions, Official.GroupAdminClientOptions, PipelineOptions>>,
  Expect<
    Takes<Ours.GroupCloseAllConnectionsOptions, Official.GroupCloseAllConnectionsOptions, RefusedOptions>
  >,
  Expect<Takes<Ours.GroupHasUserOptions, Official.GroupHasUserOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupListConnectionsOptions, Official.GroupListConnectionsOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupRemoveConnectionOptions, Official.GroupRemoveConnectionOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupRemoveUserOptions, Official.GroupRemoveUserOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupSendTextToAllOptions, Official.GroupSendTextToAllOptions, RefusedOptions>>,
  Expect<Takes<Ours.GroupSendToAllOptions, Official.GroupSendToAllOptions, RefusedOptions>>,
  Expect<Takes<Ours.HasConnectionOptions, Official.HasConnectionOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubCloseAllConnectionsOptions, Official.HubCloseAllConnectionsOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubCloseConnectionOptions, Official.HubCloseConnectionOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubCloseUserConnectionsOptions, Official.HubCloseUserConnectionsOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubGrantPermissionOptions, Official.HubGrantPermissionOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubHasGroupOptions, Official.HubHasGroupOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubHasPermissionOptions, Official.HubHasPermissionOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubHasUserOptions, Official.HubHasUserOptions, RefusedOptions>>,
  Expect<
    Takes<
      Ours.HubRemoveUserFromAllGroupsOptions,
      Official.HubRemoveUserFromAllGroupsOptions,
      RefusedOptions | "reason"
    >
  >,
  Expect<Takes<Ours.HubRevokePermissionOptions, Official.HubRevokePermissionOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubSendTextToAllOptions, Official.HubSendTextToAllOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubSendTextToConnectionOptions, Official.HubSendTextToConnectionOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubSendTextToUserOptions, Official.HubSendTextToUserOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubSendToAllOptions, Official.HubSendToAllOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubSendToConnectionOptions, Official.HubSendToConnectionOptions, RefusedOptions>>,
  Expect<Takes<Ours.HubSendToUserOptions, Official.HubSendToUserOptions, RefusedOptions>>,
  Expect<Takes<Ours.OperationOptions, OperationOptions, RefusedOptions>>,
  Expect<Takes<Ours.OperationRequestOptions, OperationRequestOptions, ProgressOptions>>,
  Expect<Takes<Ours.RetryOptions, PipelineRetryOptions>>,
  Expect<Takes<Ours.WebPubSubServiceClientLogOptions, Official.WebPubSubServiceClientLogOptions>>,
  Expect<Takes<Ours.WebPubSubServiceClientOptions, Official.WebPubSubServiceClientOptions, PipelineOptions>>,
  Expect<Takes<Ours.KeyCredential, Official.AzureKeyCredential, "update">>,
  Expect<Takes<Ours.TokenCredential, TokenCredential>>,
  Expect<Takes<Ours.JSONTypes | Ours.RequestBodyType, RequestBodyType>>,
];

/** What one gets: ours must fit wherever the official one did. */
export type Outputs = [
  Expect<Same<Ours.ClientTokenResponse, Official.ClientTokenResponse>>,
  Expect<Same<Ours.JSONTypes, Official.JSONTypes>>,
  Expect<Same<Ours.Permission, Official.Permission>>,
  Expect<Same<Ours.WebPubSubClientProtocol, Official.WebPubSubClientProtocol>>,
  Expect<Same<Ours.WebPubSubGroupMember, Official.WebPubSubGroupMember>>,
  Expect<Gives<Ours.WebPubSubGroupMemberList, PagedAsyncIterableIterator<Official.WebPubSubGroupMember>>>,
  Expect<Gives<Ours.AzureKeyCredential, KeyCredential>>,
  Expect<Gives<Ours.TokenCredential, TokenCredential>>,
  Expect<Gives<Ours.ClientSecretCredential, TokenCredential>>,
  Expect<Gives<Ours.RestError, Omit<RestError, "request" | "response">>>,
  Expect<Takes<Ours.RawResponse, FullOperationResponse, keyof FullOperationResponse>>,
];

/** Method by method, ours stands in for the official one. */
export type Classes = [
  Expect<Gives<Ours.WebPubSubGroup, Official.WebPubSubGroup>>,
  Expect<Gives<Ours.WebPubSubServiceClient, Face<Official.WebPubSubServiceClient>>>,
  Expect<Gives<Ours.AzureKeyCredential, Face<Official.AzureKeyCredential>>>,
];

/** No value that the official package exports is missing, and what takes its arguments takes them here. */
export type Values = [
  Expect<Gives<typeof Ours, Record<keyof typeof Official, unknown>>>,
  Expect<
    Takes<
      ConstructorParameters<typeof Ours.WebPubSubServiceClient>,
      ConstructorParameters<typeof Official.WebPubSubServiceClient>
    >
  >,
  Expect<
    Takes<
      ConstructorParameters<typeof Ours.AzureKeyCredential>,
      ConstructorParameters<typeof Official.AzureKeyCredential>
    >
  >,
  Expect<Gives<typeof Ours.odata, (strings: TemplateStringsArray, ...values: string[]) => string>>,
];

/** Code that names the official types of options and responses goes on to compile. */
export async function mixed(
  service: Ours.WebPubSubServiceClient,
  send: Official.HubSendToAllOptions,
  text: Official.HubSendTextToUserOptions | Official.HubSendToUserOptions,
  body: RequestBodyType,
) {
  const responses: FullOperationResponse[] = [];
  await service.sendToAll({ a: 1 }, send);
  await service.sendToAll(body, send);
  await service.sendToUser("user", "hello", text);
  await service.sendToAll(
    { a: 1 },
    { onResponse: (response: FullOperationResponse) => responses.push(response) },
  );
  return responses;
}
