// Every name that @azure/web-pubsub exports exists here too, and fits where the official one was.
import type { PagedAsyncIterableIterator } from "@azure/core-paging";
import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import type { FullOperationResponse, OperationOptions, OperationRequestOptions } from "@azure/core-client";
import type { PipelineRetryOptions, RequestBodyType, RestError } from "@azure/core-rest-pipeline";
import type * as Official from "@azure/web-pubsub";
import type * as Ours from "webpubsub-edge";
import type { Expect, Face, Gives, Same, Takes } from "./assert.js";

/** How XML is read and written; the service speaks none. */
type XmlOptions = "serializerOptions";

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
  Expect<Takes<Ours.GenerateClientTokenOptions, Official.GenerateClientTokenOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupAddConnectionOptions, Official.GroupAddConnectionOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupAddUserOptions, Official.GroupAddUserOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupAdminClientOptions, Official.GroupAdminClientOptions, PipelineOptions>>,
  Expect<Takes<Ours.GroupCloseAllConnectionsOptions, Official.GroupCloseAllConnectionsOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupHasUserOptions, Official.GroupHasUserOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupListConnectionsOptions, Official.GroupListConnectionsOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupRemoveConnectionOptions, Official.GroupRemoveConnectionOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupRemoveUserOptions, Official.GroupRemoveUserOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupSendTextToAllOptions, Official.GroupSendTextToAllOptions, XmlOptions>>,
  Expect<Takes<Ours.GroupSendToAllOptions, Official.GroupSendToAllOptions, XmlOptions>>,
  Expect<Takes<Ours.HasConnectionOptions, Official.HasConnectionOptions, XmlOptions>>,
  Expect<Takes<Ours.HubCloseAllConnectionsOptions, Official.HubCloseAllConnectionsOptions, XmlOptions>>,
  Expect<Takes<Ours.HubCloseConnectionOptions, Official.HubCloseConnectionOptions, XmlOptions>>,
  Expect<Takes<Ours.HubCloseUserConnectionsOptions, Official.HubCloseUserConnectionsOptions, XmlOptions>>,
  Expect<Takes<Ours.HubGrantPermissionOptions, Official.HubGrantPermissionOptions, XmlOptions>>,
  Expect<Takes<Ours.HubHasGroupOptions, Official.HubHasGroupOptions, XmlOptions>>,
  Expect<Takes<Ours.HubHasPermissionOptions, Official.HubHasPermissionOptions, XmlOptions>>,
  Expect<Takes<Ours.HubHasUserOptions, Official.HubHasUserOptions, XmlOptions>>,
  Expect<
    Takes<Ours.HubRemoveUserFromAllGroupsOptions, Official.HubRemoveUserFromAllGroupsOptions, XmlOptions>
  >,
  Expect<Takes<Ours.HubRevokePermissionOptions, Official.HubRevokePermissionOptions, XmlOptions>>,
  Expect<Takes<Ours.HubSendTextToAllOptions, Official.HubSendTextToAllOptions, XmlOptions>>,
  Expect<Takes<Ours.HubSendTextToConnectionOptions, Official.HubSendTextToConnectionOptions, XmlOptions>>,
  Expect<Takes<Ours.HubSendTextToUserOptions, Official.HubSendTextToUserOptions, XmlOptions>>,
  Expect<Takes<Ours.HubSendToAllOptions, Official.HubSendToAllOptions, XmlOptions>>,
  Expect<Takes<Ours.HubSendToConnectionOptions, Official.HubSendToConnectionOptions, XmlOptions>>,
  Expect<Takes<Ours.HubSendToUserOptions, Official.HubSendToUserOptions, XmlOptions>>,
  Expect<Takes<Ours.OperationOptions, OperationOptions, XmlOptions>>,
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
