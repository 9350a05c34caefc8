/**
 * MQTT: what its clients say when they connect and disconnect, and the codes that both sides know.
 *
 * In here: the members named `mqtt` of requests and answers, and the codes of MQTT 3.1.1 and 5.0. Not in here: the
 * requests and answers themselves (`event-requests.d.ts`, `event-responses.d.ts`).
 */

/** A user property of MQTT 5.0. */
export interface MqttUserProperty {
  /** The name; one name can come several times. */
  name: string;
  /** The value. */
  value: string;
}

/** What the context of an event says of an MQTT connection. */
export interface MqttConnectionContextProperties {
  /** The id of the network connection; `connectionId` is the client id, which the client chose itself. */
  physicalConnectionId: string;
  /** The id of the MQTT session; absent on connect. */
  sessionId?: string;
  /** The user properties of the packet that a user event came in; only MQTT 5.0 has them. */
  userProperties?: MqttUserProperty[];
}

/** What the CONNECT packet says. */
export interface MqttConnectProperties {
  /** 4 for MQTT 3.1.1, 5 for MQTT 5.0. */
  protocolVersion: number;
  /** Whether the client wants a new session. */
  cleanStart?: boolean;
  /** The user name. */
  username?: string;
  /** The password, in base64. */
  password?: string;
  /** The user properties. */
  userProperties?: MqttUserProperty[];
}

/** What the CONNACK packet of an accepted client says beside. */
export interface MqttConnectResponseProperties {
  /** The user properties; only MQTT 5.0 has them. */
  userProperties?: MqttUserProperty[];
}

/** What the CONNACK packet of a refused client says. */
export interface MqttConnectErrorResponseProperties {
  /** Why, as a code of the client's MQTT version. The HTTP status follows from it. */
  code: MqttV311ConnectReturnCode | MqttV500ConnectReasonCode;
  /** Why, in words. */
  reason?: string;
  /** The user properties; only MQTT 5.0 has them. */
  userProperties?: MqttUserProperty[];
}

/** How an MQTT client left. */
export interface MqttDisconnectedProperties {
  /** The DISCONNECT packet; `null` when the connection ended without one. */
  disconnectPacket: MqttDisconnectPacket | null;
  /** Whether the client ended the connection. */
  initiatedByClient: boolean;
}

/** What the DISCONNECT packet says. */
export interface MqttDisconnectPacket {
  /** Why. */
  code: MqttDisconnectReasonCode;
  /** The user properties. */
  userProperties?: MqttUserProperty[];
}

/** Why a client is refused, in MQTT 3.1.1. Behind each: the HTTP status that it is sent with. */
export declare enum MqttV311ConnectReturnCode {
  /** The server does not speak this version; 400. */
  UnacceptableProtocolVersion = 1,
  /** The client id is not allowed; 400. */
  IdentifierRejected = 2,
  /** The MQTT service is not available; 503. */
  ServerUnavailable = 3,
  /** The user name or the password is malformed; 401. */
  BadUsernameOrPassword = 4,
  /** The client may not connect; 401. */
  NotAuthorized = 5,
}

/** Why a client is refused, in MQTT 5.0. Behind each: the HTTP status that it is sent with. */
export declare enum MqttV500ConnectReasonCode {
  /** No reason is given, or none fits; 500. */
  UnspecifiedError = 128,
  /** The packet could not be parsed; 400. */
  MalformedPacket = 129,
  /** The packet breaks the rules of MQTT; 500. */
  ProtocolError = 130,
  /** The packet is valid, but this server does not take it; 400. */
  ImplementationSpecificError = 131,
  /** The server does not speak this version; 400. */
  UnsupportedProtocolVersion = 132,
  /** The client id is not allowed; 400. */
  ClientIdentifierNotValid = 133,
  /** The user name or the password is not accepted; 401. */
  BadUserNameOrPassword = 134,
  /** The client may not connect; 401. */
  NotAuthorized = 135,
  /** The server is not available; 500. */
  ServerUnavailable = 136,
  /** The server is busy; 500. */
  ServerBusy = 137,
  /** The client has been banned; 403. */
  Banned = 138,
  /** The authentication method is not supported, or not the one in use; 400. */
  BadAuthenticationMethod = 140,
  /** The topic of the will is not accepted; 400. */
  TopicNameInvalid = 144,
  /** The packet is too large; 400. */
  PacketTooLarge = 149,
  /** A limit of the implementation or the administration is exceeded; 429. */
  QuotaExceeded = 151,
  /** The payload of the will is not in the format that it says; 400. */
  PayloadFormatInvalid = 153,
  /** The server keeps no retained messages; 400. */
  RetainNotSupported = 154,
  /** The server does not have the QoS of the will; 400. */
  QosNotSupported = 155,
  /** The client should use another server for now; 500. */
  UseAnotherServer = 156,
  /** The client should use another server for good; 500. */
  ServerMoved = 157,
  /** The client connects too often; 429. */
  ConnectionRateExceeded = 159,
}

/** Why a connection ended, in MQTT 5.0. */
export declare enum MqttDisconnectReasonCode {
  /** Normally; the will is not sent. */
  NormalDisconnection = 0,
  /** Normally, but the will is to be sent. */
  DisconnectWithWillMessage = 4,
  /** No reason is given, or none fits. */
  UnspecifiedError = 128,
  /** A packet could not be parsed. */
  MalformedPacket = 129,
  /** A packet was not expected, or came out of order. */
  ProtocolError = 130,
  /** A packet was valid, but could not be processed. */
  ImplementationSpecificError = 131,
  /** The request is not authorized. */
  NotAuthorized = 135,
  /** The server is busy. */
  ServerBusy = 137,
  /** The server is shutting down. */
  ServerShuttingDown = 139,
  /** Nothing was received for one and a half times the keep-alive time. */
  KeepAliveTimeout = 141,
  /** Another connection with the same client id took over. */
  SessionTakenOver = 142,
  /** The topic filter is not accepted. */
  TopicFilterInvalid = 143,
  /** The topic name is not accepted. */
  TopicNameInvalid = 144,
  /** More publications than allowed await their acknowledgement. */
  ReceiveMaximumExceeded = 147,
  /** The topic alias is larger than allowed. */
  TopicAliasInvalid = 148,
  /** A packet is larger than allowed. */
  PacketTooLarge = 149,
  /** Too much data comes in too short a time. */
  MessageRateTooHigh = 150,
  /** A limit of the implementation or the administration is exceeded. */
  QuotaExceeded = 151,
  /** The administration ended it. */
  AdministrativeAction = 152,
  /** A payload is not in the format that it says. */
  PayloadFormatInvalid = 153,
  /** The server keeps no retained messages. */
  RetainNotSupported = 154,
  /** The server does not have the QoS that was asked for. */
  QosNotSupported = 155,
  /** The client should use another server for now. */
  UseAnotherServer = 156,
  /** The client should use another server for good. */
  ServerMoved = 157,
  /** The server has no shared subscriptions. */
  SharedSubscriptionsNotSupported = 158,
  /** The client connects too often. */
  ConnectionRateExceeded = 159,
  /** The connection lasted as long as it may. */
  MaximumConnectTime = 160,
  /** The server has no subscription identifiers. */
  SubscriptionIdentifiersNotSupported = 161,
  /** The server has no wildcard subscriptions. */
  WildcardSubscriptionsNotSupported = 162,
}
