// The codes of MQTT, name for name those of @azure/web-pubsub-express.

/** An object with names and numbers both ways, as TypeScript makes of an enum. */
const numbered = (codes) => {
  const names = Object.entries(codes).map(([name, code]) => [code, name]);
  return Object.freeze({ ...codes, ...Object.fromEntries(names) });
};

/** Why a client is refused, in MQTT 3.1.1. */
export const MqttV311ConnectReturnCode = numbered({
  UnacceptableProtocolVersion: 1,
  IdentifierRejected: 2,
  ServerUnavailable: 3,
  BadUsernameOrPassword: 4,
  NotAuthorized: 5,
});

/** Why a client is refused, in MQTT 5.0. */
export const MqttV500ConnectReasonCode = numbered({
  UnspecifiedError: 128,
  MalformedPacket: 129,
  ProtocolError: 130,
  ImplementationSpecificError: 131,
  UnsupportedProtocolVersion: 132,
  ClientIdentifierNotValid: 133,
  BadUserNameOrPassword: 134,
  NotAuthorized: 135,
  ServerUnavailable: 136,
  ServerBusy: 137,
  Banned: 138,
  BadAuthenticationMethod: 140,
  TopicNameInvalid: 144,
  PacketTooLarge: 149,
  QuotaExceeded: 151,
  PayloadFormatInvalid: 153,
  RetainNotSupported: 154,
  QosNotSupported: 155,
  UseAnotherServer: 156,
  ServerMoved: 157,
  ConnectionRateExceeded: 159,
});

/** Why a connection ended, in MQTT 5.0. */
export const MqttDisconnectReasonCode = numbered({
  NormalDisconnection: 0,
  DisconnectWithWillMessage: 4,
  UnspecifiedError: 128,
  MalformedPacket: 129,
  ProtocolError: 130,
  ImplementationSpecificError: 131,
  NotAuthorized: 135,
  ServerBusy: 137,
  ServerShuttingDown: 139,
  KeepAliveTimeout: 141,
  SessionTakenOver: 142,
  TopicFilterInvalid: 143,
  TopicNameInvalid: 144,
  ReceiveMaximumExceeded: 147,
  TopicAliasInvalid: 148,
  PacketTooLarge: 149,
  MessageRateTooHigh: 150,
  QuotaExceeded: 151,
  AdministrativeAction: 152,
  PayloadFormatInvalid: 153,
  RetainNotSupported: 154,
  QosNotSupported: 155,
  UseAnotherServer: 156,
  ServerMoved: 157,
  SharedSubscriptionsNotSupported: 158,
  ConnectionRateExceeded: 159,
  MaximumConnectTime: 160,
  SubscriptionIdentifiersNotSupported: 161,
  WildcardSubscriptionsNotSupported: 162,
});
