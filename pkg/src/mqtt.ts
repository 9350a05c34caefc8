/**
 * MQTT: the members named `mqtt` of events and responses, and the codes of MQTT 3.1.1 and 5.0.
 *
 * Not in here: the events and responses themselves (`event-requests.ts`, `event-responses.ts`).
 */

/** A user property of MQTT 5.0. */
export interface MqttUserProperty {
  /** The name; several properties may share one. */
  name: string;
  /** The value. */
  value: string;
}

/** The MQTT members of an event's context. */
export interface MqttConnectionContextProperties {
  /** The id of the network connection; `connectionId` is the client id, which the client chooses. */
  physicalConnectionId: string;
  /** The id of the MQTT session; absent on connect. */
  sessionId?: string;
  /** The user properties of the packet of a user event. MQTT 5.0 only. */
  userProperties?: MqttUserProperty[];
}

/** The content of a CONNECT packet. */
export interface MqttConnectProperties {
  /** 4 for MQTT 3.1.1, 5 for MQTT 5.0. */
  protocolVersion: number;
  /** Whether the client requests a new session. */
  cleanStart?: boolean;
  /** The user name. */
  username?: string;
  /** The password, encoded in base64. */
  password?: string;
  /** The user properties. */
  userProperties?: MqttUserProperty[];
}

/** Additional content of the CONNACK packet of an accepted client. */
export interface MqttConnectResponseProperties {
  /** The user properties. MQTT 5.0 only. */
  userProperties?: MqttUserProperty[];
}

/** The content of the CONNACK packet of a rejected client. */
export interface MqttConnectErrorResponseProperties {
  /** The code, from the client's MQTT version. It determines the HTTP status. */
  code: MqttV311ConnectReturnCode | MqttV500ConnectReasonCode;
  /** The reason, as text for the client. */
  reason?: string;
  /** The user properties. MQTT 5.0 only. */
  userProperties?: MqttUserProperty[];
}

/** The end of an MQTT connection. */
export interface MqttDisconnectedProperties {
  /** The DISCONNECT packet; `null` if the connection ended without one. */
  disconnectPacket: MqttDisconnectPacket | null;
  /** Whether the client ended the connection. */
  initiatedByClient: boolean;
}

/** The content of a DISCONNECT packet. */
export interface MqttDisconnectPacket {
  /** The reason code. */
  code: MqttDisconnectReasonCode;
  /** The user properties. */
  userProperties?: MqttUserProperty[];
}

/** The reason why a client is rejected, in MQTT 3.1.1. The number after each is the HTTP status of the response. */
export enum MqttV311ConnectReturnCode {
  /** The server does not support this version of MQTT; 400. */
  UnacceptableProtocolVersion = 1,
  /** The client id is not allowed; 400. */
  IdentifierRejected = 2,
  /** The MQTT service is not available; 503. */
  ServerUnavailable = 3,
  /** The user name or the password is malformed; 401. */
  BadUsernameOrPassword = 4,
  /** The client is not authorized to connect; 401. */
  NotAuthorized = 5,
}

/** The reason why a client is rejected, in MQTT 5.0. The number after each is the HTTP status of the response. */
export enum MqttV500ConnectReasonCode {
  /** No reason is given, or no other code applies; 500. */
  UnspecifiedError = 128,
  /** The packet could not be parsed; 400. */
  MalformedPacket = 129,
  /** The packet violates the protocol; 500. */
  ProtocolError = 130,
  /** The packet is valid, but this server does not accept it; 400. */
  ImplementationSpecificError = 131,
  /** The server does not support this version of MQTT; 400. */
  UnsupportedProtocolVersion = 132,
  /** The client id is not allowed; 400. */
  ClientIdentifierNotValid = 133,
  /** The user name or the password is wrong; 401. */
  BadUserNameOrPassword = 134,
  /** The client is not authorized to connect; 401. */
  NotAuthorized = 135,
  /** The server is not available; 500. */
  ServerUnavailable = 136,
  /** The server is busy; 500. */
  ServerBusy = 137,
  /** The client has been banned; 403. */
  Banned = 138,
  /** The authentication method is not supported, or not the one in use; 400. */
  BadAuthenticationMethod = 140,
  /** The topic of the will message is not accepted; 400. */
  TopicNameInvalid = 144,
  /** The packet is too large; 400. */
  PacketTooLarge = 149,
  /** An implementation or administrative limit is exceeded; 429. */
  QuotaExceeded = 151,
  /** The payload of the will message does not match its format indicator; 400. */
  PayloadFormatInvalid = 153,
  /** The server does not support retained messages; 400. */
  RetainNotSupported = 154,
  /** The server does not support the QoS of the will message; 400. */
  QosNotSupported = 155,
  /** The client should temporarily use another server; 500. */
  UseAnotherServer = 156,
  /** The client should permanently use another server; 500. */
  ServerMoved = 157,
  /** The connection rate is exceeded; 429. */
  ConnectionRateExceeded = 159,
}

/** The reason why a connection ended, in MQTT 5.0. */
export enum MqttDisconnectReasonCode {
  /** Normal end; the will message is not sent. */
  NormalDisconnection = 0,
  /** Normal end, but the will message is sent. */
  DisconnectWithWillMessage = 4,
  /** No reason is given, or no other code applies. */
  UnspecifiedError = 128,
  /** A packet could not be parsed. */
  MalformedPacket = 129,
  /** A packet was unexpected or out of order. */
  ProtocolError = 130,
  /** A packet was valid, but could not be processed. */
  ImplementationSpecificError = 131,
  /** The request is not authorized. */
  NotAuthorized = 135,
  /** The server is busy. */
  ServerBusy = 137,
  /** The server is shutting down. */
  ServerShuttingDown = 139,
  /** No packet arrived for one and a half times the keep-alive time. */
  KeepAliveTimeout = 141,
  /** Another connection with the same client id took over. */
  SessionTakenOver = 142,
  /** The topic filter is not accepted. */
  TopicFilterInvalid = 143,
  /** The topic name is not accepted. */
  TopicNameInvalid = 144,
  /** Too many publications await acknowledgement. */
  ReceiveMaximumExceeded = 147,
  /** The topic alias exceeds its maximum. */
  TopicAliasInvalid = 148,
  /** A packet exceeds the maximum size. */
  PacketTooLarge = 149,
  /** The message rate is too high. */
  MessageRateTooHigh = 150,
  /** An implementation or administrative limit is exceeded. */
  QuotaExceeded = 151,
  /** An administrator closed the connection. */
  AdministrativeAction = 152,
  /** A payload does not match its format indicator. */
  PayloadFormatInvalid = 153,
  /** The server does not support retained messages. */
  RetainNotSupported = 154,
  /** The server does not support the requested QoS. */
  QosNotSupported = 155,
  /** The client should temporarily use another server. */
  UseAnotherServer = 156,
  /** The client should permanently use another server. */
  ServerMoved = 157,
  /** The server does not support shared subscriptions. */
  SharedSubscriptionsNotSupported = 158,
  /** The connection rate is exceeded. */
  ConnectionRateExceeded = 159,
  /** The maximum connection time is exceeded. */
  MaximumConnectTime = 160,
  /** The server does not support subscription identifiers. */
  SubscriptionIdentifiersNotSupported = 161,
  /** The server does not support wildcard subscriptions. */
  WildcardSubscriptionsNotSupported = 162,
}
