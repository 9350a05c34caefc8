//! Everything that can be wrong, and the only place that has words for it.
//!
//! In here: bad input and failures of a call ([`Fault`]), and the kinds that users match on ([`Kind`]). A fault is one
//! byte: whoever finds something wrong returns it, and a face asks for its words at its own edge. Every message says what is wrong,
//! then what to do. Not in here: refusals of webhook requests (`events/refusal.rs`), which are HTTP responses.

use super::text::{as_str, nth, take};

/// Kinds of failures; stable, and the same word in Rust and in JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The call was wrong; nothing was sent.
    InvalidInput,
    /// The service found the request invalid (400, 415, 422).
    InvalidRequest,
    /// The service rejected the signature or token (401), or no token could be obtained.
    Unauthorized,
    /// The credential is known but may not do this (403).
    Forbidden,
    /// There is no such connection, user or group (404).
    NotFound,
    /// The state of the service does not allow it (409, 412).
    Conflict,
    /// The message is larger than the service accepts, 1 MiB (413).
    PayloadTooLarge,
    /// Too many requests or messages (429).
    TooManyRequests,
    /// The service failed (5xx).
    Server,
    /// The request did not reach the service, or its response did not come back.
    Network,
    /// The caller's timeout passed first.
    Timeout,
    /// The response is none that the service sends.
    Unexpected,
}

impl Kind {
    /// The kind of failure that a response status means.
    pub const fn of_status(status: u16) -> Self {
        match status {
            400 | 415 | 422 => Self::InvalidRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 | 412 => Self::Conflict,
            413 => Self::PayloadTooLarge,
            429 => Self::TooManyRequests,
            500.. => Self::Server,
            _ => Self::Unexpected,
        }
    }

    /// The name of the kind.
    pub fn as_str(self) -> &'static str {
        as_str(self.name())
    }

    /// The same as bytes.
    pub(crate) fn name(self) -> &'static [u8] {
        const NAMES: &str = "InvalidInput,InvalidRequest,Unauthorized,Forbidden,NotFound,Conflict,PayloadTooLarge,\
            TooManyRequests,Server,Network,Timeout,Unexpected";
        nth(NAMES, b',', self as usize)
    }
}

/// The table, kept as one text: a line for each fault, its code, a zero byte and its message.
macro_rules! faults {
    ($($name:ident $code:literal $message:literal;)*) => {
        /// What is wrong. Bad input was found before anything was sent; the last ones are failures of a call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $(#[doc = $message] $name,)*
        }

        const TEXTS: &str = concat!($($code, "\0", $message, "\n"),*);
    };
}

faults! {
    HubEmpty "InvalidHub" "The hub name is empty: give 1 to 128 characters: a letter, then letters, digits or _ ` , . [ ]";
    HubTooLong "InvalidHub" "The hub name is too long: give 1 to 128 characters: a letter, then letters, digits or _ ` , . [ ]";
    HubStart "InvalidHub" "The hub name does not begin with a letter: give 1 to 128 characters: a letter, then letters, digits or _ ` , . [ ]";
    HubCharacter "InvalidHub" "The hub name has a character that is not allowed: give 1 to 128 characters: a letter, then letters, digits or _ ` , . [ ]";
    GroupEmpty "InvalidGroup" "The group name is empty: give 1 to 1024 characters";
    GroupDots "InvalidGroup" "The group name is . or .., which URLs fold away: choose another name";
    GroupBlank "InvalidGroup" "The group name is blank: give 1 to 1024 characters";
    GroupTooLong "InvalidGroup" "The group name is too long: the limit is 1024 UTF-16 code units";
    GroupsEmpty "InvalidGroup" "The list of groups is empty: give at least one group";
    UserIdEmpty "InvalidUserId" "The user id is empty: give 1 to 1024 characters";
    UserIdDots "InvalidUserId" "The user id is . or .., which URLs fold away: choose another id";
    UserIdBlank "InvalidUserId" "The user id is blank: give 1 to 1024 characters";
    UserIdUnkept "InvalidUserId" "The user id has a blank at an end or a control character, which headers do not keep: leave it out";
    UserIdTooLong "InvalidUserId" "The user id is too long: the limit is 1024 UTF-16 code units";
    ConnectionIdEmpty "InvalidConnectionId" "The connection id is empty: give 1 to 1024 characters";
    ConnectionIdDots "InvalidConnectionId" "The connection id is . or .., which URLs fold away: choose another id";
    ConnectionIdBlank "InvalidConnectionId" "The connection id is blank: give 1 to 1024 characters";
    ConnectionIdUnkept "InvalidConnectionId" "The connection id has a blank at an end or a control character, which headers do not keep: leave it out";
    ConnectionIdTooLong "InvalidConnectionId" "The connection id is too long: the limit is 1024 UTF-16 code units";
    Filter "InvalidFilter" "The filter is missing or blank, which would mean every connection: give one, or connectionId ne '' for all";
    Permission "InvalidPermission" "The permission is unknown: give \"sendToGroup\" or \"joinLeaveGroup\"";
    EndpointScheme "InvalidEndpoint" "The endpoint does not begin with https:// or http://: give one like https://name.webpubsub.azure.com";
    EndpointExtra "InvalidEndpoint" "The endpoint has more than a scheme, a host and a port: give one like https://name.webpubsub.azure.com";
    EndpointHost "InvalidEndpoint" "The host of the endpoint is empty or not spelled as in URLs: give one like https://name.webpubsub.azure.com";
    EndpointPort "InvalidEndpoint" "The port of the endpoint is not a number from 1 to 65535: give one like https://name.webpubsub.azure.com";
    ProxyPath "InvalidEndpoint" "The path of the reverse proxy has . or .., or other characters than letters, digits and - . _ ~: leave them out";
    ConnectionStringEmpty "InvalidConnectionString" "The connection string is missing endpoint, because it is undefined, null or empty: is its environment variable set, such as WEB_PUBSUB? Copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    ConnectionStringMark "InvalidConnectionString" "The connection string begins with a byte order mark: leave it out";
    ConnectionStringQuoted "InvalidConnectionString" "The connection string is in quotes: leave them out";
    ConnectionStringUrl "InvalidConnectionString" "The connection string is a URL: give a credential with it, or copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    ConnectionStringName "InvalidConnectionString" "The connection string is missing endpoint, because it is only a name, a host or a key: copy all of it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    ConnectionStringMember "InvalidConnectionString" "A member of the connection string is not name=value: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    EndpointTwice "InvalidConnectionString" "The connection string has more than one Endpoint: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    AccessKeyTwice "InvalidConnectionString" "The connection string has more than one AccessKey: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    PortTwice "InvalidConnectionString" "The connection string has more than one Port: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    VersionTwice "InvalidConnectionString" "The connection string has more than one Version: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    EndpointEmpty "InvalidConnectionString" "The connection string has an empty Endpoint: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    AccessKeyEmpty "InvalidConnectionString" "The connection string has an empty AccessKey: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    PortEmpty "InvalidConnectionString" "The connection string has an empty Port: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    VersionEmpty "InvalidConnectionString" "The connection string has an empty Version: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    ConnectionStringNoEndpoint "InvalidConnectionString" "The connection string is missing endpoint: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    ConnectionStringNoKey "InvalidConnectionString" "The connection string is missing access key: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    ConnectionStringEndpoint "InvalidConnectionString" "The Endpoint of the connection string is not a URL of scheme, host and port: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    ConnectionStringPort "InvalidConnectionString" "The Port of the connection string is not a number from 1 to 65535: copy it from Keys in the Azure portal, Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";
    AccessKey "InvalidAccessKey" "The access key is empty: copy one from Keys in the Azure portal";
    ClientProtocol "InvalidClientProtocol" "The client protocol is unknown: give \"default\", \"mqtt\" or \"socketio\"";
    RoleEmpty "InvalidRole" "A role is empty: give one like webpubsub.sendToGroup.<group>";
    RoleStars "InvalidRole" "The pattern of a role has more than five *: give several roles";
    RoleEscape "InvalidRole" "The pattern of a role ends in \\, which escapes nothing: leave it out";
    Expiration "InvalidExpiration" "The lifetime of a client access token is out of range: give 1 to 2147483647 seconds";
    TokenTooLarge "TokenTooLarge" "The URL with the client access token is longer than 12 KiB, which servers reject: give fewer groups and roles";
    Clock "ClockStopped" "The clock does not run, as in the global scope of a Worker: do this inside a handler";
    JwtHeaders "InvalidOption" "JWT headers need an access key: leave them out";
    MessageTtl "InvalidMessageTtl" "The message TTL in seconds is out of range: give a whole number from 0 to 300";
    PageSize "InvalidPageSize" "The page size is out of range: give a whole number from 1 to 200";
    Top "InvalidTop" "The number of connections to list is out of range: give a whole number from 1 to 2147483647";
    MetadataKey "InvalidMetadata" "A metadata key is invalid: give 1 to 256 characters of header names";
    MetadataValue "InvalidMetadata" "A metadata value is invalid: give up to 1024 printable ASCII characters, no blank at either end";
    MetadataTooLarge "InvalidMetadata" "The metadata is larger than 8 KiB: give less";
    Header "InvalidHeader" "A custom header is invalid: its name must be a token, its value one line of Latin-1, no blank at either end";
    Method "InvalidMethod" "The method is unknown: give one of GET,HEAD,POST,PUT,PATCH,DELETE";
    Path "InvalidPath" "The path of the request is not one that URL parsers keep: begin it with one /, percent-encode names, leave out . and ..";
    UrlTooLong "UrlTooLong" "The URL is longer than 8 KiB, which servers reject: give fewer names, or a filter such as not ('g' in groups)";
    InsecureRequest "INSECURE_CONNECTION" "The request is not sent over http, where others could read it: use an https endpoint, or allow insecure connections (allowInsecureConnection)";
    InsecureConnection "INSECURE_CONNECTION" "A bearer token is not sent over http, where others could read it: use an https endpoint, or allow insecure connections (allowInsecureConnection) for a service on this machine";
    TenantId "InvalidCredential" "The tenant id is invalid: give an id or a domain name";
    ClientId "InvalidCredential" "The client id is empty: give the id of the application";
    ClientSecret "InvalidCredential" "The client secret is empty: give a secret of the application";
    ClientAssertion "InvalidCredential" "The client assertion is empty: give a signed JWT";
    Authority "InvalidCredential" "The authority host is malformed: give one like https://login.microsoftonline.com";
    AuthorityInsecure "InvalidCredential" "The authority host is not https, where others could read the secret: give one like https://login.microsoftonline.com";
    HandlerKeys "MissingAccessKey" "There is no access key to verify events with: give the connection string or access keys of the service; is the environment variable set?";
    HandlerPath "InvalidPath" "The path of the event handler does not begin with /, or has a query: give one like /api/webpubsub/hubs/chat/";
    AllowedEndpoint "InvalidEndpoint" "An allowed endpoint is neither a URL nor a host: give one like https://name.webpubsub.azure.com";
    AllowedEndpoints "InvalidEndpoint" "The list of allowed endpoints is empty: leave it out to allow all";
    Subprotocol "InvalidSubprotocol" "The client does not offer the subprotocol: choose one of its own, or none";
    RefusalStatus "InvalidStatus" "The status does not refuse: give one from 400 to 599";
    MqttCode "InvalidStatus" "The MQTT code does not reject a client of its version: give an MqttV311ConnectReturnCode or MqttV500ConnectReasonCode";
    StateTooLarge "StateTooLarge" "The state is larger than 8 KiB as a header: keep less in it";
    DataType "InvalidDataType" "The data type of a reply is unknown: give one of text,json,binary";
    InputTooLarge "InputTooLarge" "The options are larger than 1 MiB: give less";
    CredentialCannotSign "CredentialCannotSign" "The client has no access key to sign with: use the asynchronous call";
    Network "REQUEST_SEND_ERROR" "No response was received from %: check the endpoint and the network";
    Timeout "REQUEST_TIMEOUT" "No response was received within % ms: check the endpoint and the network, or allow more time";
    NotConnections "PARSE_ERROR" "The response is not a list of connections of the service: check the endpoint and any proxy";
    WebPage "PARSE_ERROR" "The response is a web page, not one of the service: check the endpoint and any proxy";
    LinkRepeated "PARSE_ERROR" "The response links to a page that was listed before: check the endpoint and any proxy";
    NotLink "PARSE_ERROR" "The response has no link to a page of the service: check the endpoint and any proxy";
    ResponseTooLarge "PARSE_ERROR" "The response is larger than % bytes: check the endpoint and any proxy, or raise maxResponseBytes";
    NotToken "PARSE_ERROR" "The response is not a client access token of the service: check the endpoint and any proxy";
    Credential "CREDENTIAL_ERROR" "The credential gave no token: see the cause";
    TokenMalformed "CREDENTIAL_ERROR" "The credential gave a token that no header can hold";
    Issuer "CREDENTIAL_ERROR" "Microsoft Entra ID did not respond: check the authority host and the network";
}

impl Fault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        as_str(take(&mut self.code_and_message(), 0))
    }

    /// What is wrong, then what to do. `%` stands for a limit, in milliseconds or bytes, or for a host.
    pub fn message(self) -> &'static str {
        let mut text = self.code_and_message();
        take(&mut text, 0);
        as_str(text)
    }

    /// The code, a zero byte, the message.
    pub(crate) fn code_and_message(self) -> &'static [u8] {
        nth(TEXTS, b'\n', self as usize)
    }

    /// The kind, for matching.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Network | Self::Issuer => Kind::Network,
            Self::Timeout => Kind::Timeout,
            Self::Credential | Self::TokenMalformed => Kind::Unauthorized,
            Self::NotConnections
            | Self::WebPage
            | Self::LinkRepeated
            | Self::NotLink
            | Self::ResponseTooLarge
            | Self::NotToken => Kind::Unexpected,
            _ => Kind::InvalidInput,
        }
    }

    /// Whether a number or a length is outside its limits, which is a `RangeError` in JavaScript.
    #[inline(always)]
    pub const fn is_out_of_range(self) -> bool {
        matches!(
            self,
            Self::GroupTooLong
                | Self::UserIdTooLong
                | Self::ConnectionIdTooLong
                | Self::RoleStars
                | Self::Expiration
                | Self::TokenTooLarge
                | Self::MessageTtl
                | Self::PageSize
                | Self::Top
                | Self::MetadataTooLarge
                | Self::UrlTooLong
                | Self::StateTooLarge
                | Self::RefusalStatus
                | Self::MqttCode
                | Self::InputTooLarge
        )
    }
}
