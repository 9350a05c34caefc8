// Everything that the package offers, without its start: `index.js` and `slim.js` add that.
export { WebPubSubGroup, WebPubSubServiceClient } from "./client.js";
export { AzureKeyCredential, ClientAssertionCredential, ClientSecretCredential } from "./credentials.js";
export { EventDeduplicator } from "./deduplicator.js";
export { RestError, isRestError } from "./errors.js";
export { WebPubSubEventHandler } from "./events.js";
export { odata } from "./filters.js";
export { MqttDisconnectReasonCode, MqttV311ConnectReturnCode, MqttV500ConnectReasonCode } from "./mqtt.js";
export { roles } from "./roles.js";
