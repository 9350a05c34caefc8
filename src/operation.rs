//! Every REST operation of the service, as a value.
//!
//! In here: a table with a row for each operation, the parameters that an operation may carry, and how both
//! become a request. Operations differ in their row, not in code. Not in here: signing (`access_key.rs`),
//! sending (`service/exchange.rs`).

use alloc::{
    borrow::Cow,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    endpoint::Endpoint,
    error::{Error, Result},
    json::{Object, decimal},
    message::{Message, metadata_headers},
    names::{ConnectionId, Group, Hub, Permission, UserId, encode},
};

/// The version of the service's API that requests ask for.
pub const API_VERSION: &str = "2024-12-01";

/// The longest time that a message waits for a connection to recover, in seconds.
const MAX_MESSAGE_TTL: u32 = 300;

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Ask whether there is one.
    Head,
    /// Do.
    Post,
    /// Add.
    Put,
    /// Take away.
    Delete,
}

impl Method {
    /// In capitals, as HTTP has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A request as a plain value: all but the credential, which goes into the `Authorization` header when it is
/// sent. The body is the host's, and is never looked into.
#[derive(Debug, Clone)]
pub struct Request<B> {
    /// The method.
    pub method: Method,
    /// The absolute URL, in the spelling that URL parsers keep.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The payload, when there is one.
    pub body: Option<B>,
}

// Which query parameters an operation takes.
const EXCLUDED: u16 = 1;
const FILTER: u16 = 1 << 1;
const TTL: u16 = 1 << 2;
const REASON: u16 = 1 << 3;
const TARGET: u16 = 1 << 4;
const PAGE: u16 = 1 << 5;
const TOKEN: u16 = 1 << 6;
// What the body is.
const MESSAGE: u16 = 1 << 7;
const GROUPS: u16 = 1 << 8;
// Which answers are answers.
const EXISTS: u16 = 1 << 9;

macro_rules! operations {
    ($($kind:ident $name:literal $method:ident $path:literal $status:literal [$($takes:ident)|*] $doc:literal;)*) => {
        /// The operations of the service; the facts of each are in its row of the table in `operation.rs`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum OperationKind {
            $(
                #[doc = $doc]
                #[doc = concat!("\n\n`", stringify!($method), " ", $path, "`")]
                $kind,
            )*
        }

        impl OperationKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$kind => Row {
                        name: $name, method: Method::$method, path: $path, status: $status, takes: 0 $(| $takes)*,
                    },)*
                }
            }
        }
    };
}

struct Row {
    name: &'static str,
    method: Method,
    path: &'static str,
    status: u16,
    takes: u16,
}

operations! {
    GetServiceStatus "getServiceStatus" Head "/api/health" 200 [] "Whether the service is up.";
    AddConnectionsToGroups "addConnectionsToGroups" Post "/api/hubs/{hub}/:addToGroups" 200 [GROUPS] "Adds the connections that a filter matches to groups.";
    RemoveConnectionsFromGroups "removeConnectionsFromGroups" Post "/api/hubs/{hub}/:removeFromGroups" 200 [GROUPS] "Takes the connections that a filter matches out of groups.";
    CloseAllConnections "closeAllConnections" Post "/api/hubs/{hub}/:closeConnections" 204 [EXCLUDED | REASON] "Closes the connections of the hub.";
    GenerateClientToken "generateClientToken" Post "/api/hubs/{hub}/:generateToken" 200 [TOKEN] "Has the service issue a client access token.";
    SendToAll "sendToAll" Post "/api/hubs/{hub}/:send" 202 [EXCLUDED | FILTER | TTL | MESSAGE] "Sends to every connection of the hub.";
    CloseConnection "closeConnection" Delete "/api/hubs/{hub}/connections/{connection}" 204 [REASON] "Closes a connection.";
    ConnectionExists "connectionExists" Head "/api/hubs/{hub}/connections/{connection}" 200 [EXISTS] "Whether there is such a connection.";
    SendToConnection "sendToConnection" Post "/api/hubs/{hub}/connections/{connection}/:send" 202 [TTL | MESSAGE] "Sends to a connection.";
    RemoveConnectionFromAllGroups "removeConnectionFromAllGroups" Delete "/api/hubs/{hub}/connections/{connection}/groups" 204 [] "Takes a connection out of every group.";
    GroupExists "groupExists" Head "/api/hubs/{hub}/groups/{group}" 200 [EXISTS] "Whether a group has any connection.";
    CloseGroupConnections "closeGroupConnections" Post "/api/hubs/{hub}/groups/{group}/:closeConnections" 204 [EXCLUDED | REASON] "Closes the connections of a group.";
    SendToGroup "sendToGroup" Post "/api/hubs/{hub}/groups/{group}/:send" 202 [EXCLUDED | FILTER | TTL | MESSAGE] "Sends to every connection of a group.";
    ListConnections "listConnections" Get "/api/hubs/{hub}/groups/{group}/connections" 200 [PAGE] "Lists the connections of a group, a page at a time.";
    RemoveConnectionFromGroup "removeConnectionFromGroup" Delete "/api/hubs/{hub}/groups/{group}/connections/{connection}" 204 [] "Takes a connection out of a group.";
    AddConnectionToGroup "addConnectionToGroup" Put "/api/hubs/{hub}/groups/{group}/connections/{connection}" 200 [] "Adds a connection to a group.";
    RevokePermission "revokePermission" Delete "/api/hubs/{hub}/permissions/{permission}/connections/{connection}" 204 [TARGET] "Takes a permission from a connection.";
    HasPermission "hasPermission" Head "/api/hubs/{hub}/permissions/{permission}/connections/{connection}" 200 [TARGET | EXISTS] "Whether a connection has a permission.";
    GrantPermission "grantPermission" Put "/api/hubs/{hub}/permissions/{permission}/connections/{connection}" 200 [TARGET] "Gives a permission to a connection.";
    UserExists "userExists" Head "/api/hubs/{hub}/users/{user}" 200 [EXISTS] "Whether a user has any connection.";
    CloseUserConnections "closeUserConnections" Post "/api/hubs/{hub}/users/{user}/:closeConnections" 204 [EXCLUDED | REASON] "Closes the connections of a user.";
    SendToUser "sendToUser" Post "/api/hubs/{hub}/users/{user}/:send" 202 [FILTER | TTL | MESSAGE] "Sends to every connection of a user.";
    RemoveUserFromAllGroups "removeUserFromAllGroups" Delete "/api/hubs/{hub}/users/{user}/groups" 204 [] "Takes a user's connections out of every group.";
    RemoveUserFromGroup "removeUserFromGroup" Delete "/api/hubs/{hub}/users/{user}/groups/{group}" 204 [] "Takes a user's connections out of a group.";
    AddUserToGroup "addUserToGroup" Put "/api/hubs/{hub}/users/{user}/groups/{group}" 200 [] "Adds a user's live connections to a group.";
}

impl OperationKind {
    /// The name of the operation in the official JavaScript client, or what it would be there.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The operation of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The method.
    pub const fn method(self) -> Method {
        self.row().method
    }

    /// The path, with the names that it needs in braces.
    pub const fn path(self) -> &'static str {
        self.row().path
    }

    /// The one status that means success.
    pub const fn success(self) -> u16 {
        self.row().status
    }

    /// Whether a 404 is an answer, and means no.
    pub const fn asks_existence(self) -> bool {
        self.takes(EXISTS)
    }

    /// Whether the operation carries a message.
    pub const fn sends(self) -> bool {
        self.takes(MESSAGE)
    }

    /// Whether doing it twice is the same as doing it once. Only sends are not: the service knows no
    /// idempotency key, so a message whose fate is unknown would arrive twice.
    pub const fn is_repeatable(self) -> bool {
        !self.sends()
    }

    const fn takes(self, flag: u16) -> bool {
        self.row().takes & flag != 0
    }
}

/// What an operation may carry besides its hub: the names of its path, its query parameters, and the members
/// of its JSON body. An operation uses those that it takes and leaves the others.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// The group of the path.
    pub group: Option<String>,
    /// The user id of the path, or of the token.
    pub user: Option<String>,
    /// The connection id of the path.
    pub connection: Option<String>,
    /// The permission of the path.
    pub permission: Option<String>,
    /// Connections that a send or a close leaves out.
    pub excluded: Vec<String>,
    /// An OData filter over connections: see [`crate::Filter`].
    pub filter: Option<String>,
    /// How long a message may wait for a connection to recover: 0 to 300 seconds; 0 is without end.
    pub message_ttl_seconds: Option<u64>,
    /// What a closed client is told.
    pub reason: Option<String>,
    /// The group that a permission is for.
    pub target_name: Option<String>,
    /// The most connections on a page, 1 to 200.
    pub max_page_size: Option<u64>,
    /// The most connections in all, at least 1.
    pub top: Option<u64>,
    /// Where a listing goes on.
    pub continuation_token: Option<String>,
    /// The groups to add to or remove from, or those of a token.
    pub groups: Vec<String>,
    /// The roles of a token.
    pub roles: Vec<String>,
    /// The lifetime of a token.
    pub minutes_to_expire: Option<u64>,
    /// The client protocol of a token.
    pub client_type: Option<&'static str>,
    /// Metadata of a message: sent as `X-WebPubSub-Metadata-*` headers.
    pub metadata: Vec<(String, String)>,
}

/// An operation and its parameters: the service's API without this library's client, for hosts that have their own
/// way to send.
///
/// ```
/// use webpubsub_edge::operation::{API_VERSION, Operation, OperationKind};
/// use webpubsub_edge::{AccessKey, Endpoint, Hub, token};
/// use core::time::Duration;
///
/// let mut operation = Operation::new(OperationKind::CloseConnection);
/// operation.parameters.connection = Some("a/b".into());
/// let endpoint = Endpoint::parse("https://contoso.webpubsub.azure.com")?;
/// let request = operation.request::<String>(&endpoint, &Hub::new("chat")?, API_VERSION, None)?;
/// assert_eq!(request.method.as_str(), "DELETE");
/// assert!(request.url.ends_with("/api/hubs/chat/connections/a%2Fb?api-version=2024-12-01"));
/// let bearer = token::request_token(&AccessKey::new("a-key")?, &request.url, Duration::from_secs(1_700_000_000));
/// # assert!(!bearer.is_empty());
/// # Ok::<(), webpubsub_edge::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Operation {
    /// Which one.
    pub kind: OperationKind,
    /// With what.
    pub parameters: Parameters,
}

impl Operation {
    /// An operation without parameters yet.
    pub fn new(kind: OperationKind) -> Self {
        Self {
            kind,
            parameters: Parameters::default(),
        }
    }

    /// The request for it, unsigned. Everything is checked here, before any request exists.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] when a name, a parameter or the message is not allowed or is missing.
    pub fn request<B: From<String>>(
        &self,
        endpoint: &Endpoint,
        hub: &Hub,
        api_version: &str,
        message: Option<Message<B>>,
    ) -> Result<Request<B>> {
        let mut url = endpoint.origin();
        self.push_path(hub, &mut url)?;
        url.push_str("?api-version=");
        encode(api_version, &mut url);
        self.push_query(&mut url)?;
        let mut request = Request {
            method: self.kind.method(),
            url,
            headers: Vec::new(),
            body: None,
        };
        // The service says its errors in JSON too, and HEAD has no body to accept.
        if request.method != Method::Head {
            request
                .headers
                .push((Cow::Borrowed("Accept"), "application/json".to_string()));
        }
        if self.kind.takes(GROUPS) {
            request
                .headers
                .push((Cow::Borrowed("Content-Type"), "application/json".to_string()));
            request.body = Some(B::from(self.groups_body()?));
        }
        if self.kind.sends() {
            let message = message.ok_or_else(|| {
                Error::invalid(
                    "InvalidMessage",
                    "The message is missing: give text, JSON or bytes",
                )
            })?;
            request.headers.push((
                Cow::Borrowed("Content-Type"),
                message.content_type.as_str().to_string(),
            ));
            metadata_headers(&self.parameters.metadata, &mut request.headers)?;
            request.body = Some(message.body);
        }
        Ok(request)
    }

    fn push_path(&self, hub: &Hub, url: &mut String) -> Result<()> {
        let given = |name: &Option<String>| name.clone().unwrap_or_default();
        let p = &self.parameters;
        for (i, segment) in self.kind.path().split('/').enumerate() {
            if i > 0 {
                url.push('/');
            }
            match segment {
                "{hub}" => encode(hub.as_str(), url),
                "{group}" => encode(Group::new(given(&p.group))?.as_str(), url),
                "{user}" => encode(UserId::new(given(&p.user))?.as_str(), url),
                "{connection}" => encode(ConnectionId::new(given(&p.connection))?.as_str(), url),
                "{permission}" => url.push_str(given(&p.permission).parse::<Permission>()?.as_str()),
                literal => url.push_str(literal),
            }
        }
        Ok(())
    }

    fn push_query(&self, url: &mut String) -> Result<()> {
        let p = &self.parameters;
        let takes = |flag| self.kind.takes(flag);
        let mut query = Query(url);
        if takes(TOKEN) {
            let user = p.user.as_deref().filter(|user| !user.is_empty());
            user.map(UserId::new).transpose()?;
            self.check_groups()?;
            query.optional("userId", user);
            query.all("role", &p.roles);
            query.integer("minutesToExpire", p.minutes_to_expire);
            query.all("group", &p.groups);
            query.optional("clientType", p.client_type);
        }
        if takes(EXCLUDED) {
            for connection in &p.excluded {
                ConnectionId::new(connection)?;
            }
            query.all("excluded", &p.excluded);
        }
        if takes(FILTER) {
            query.optional("filter", p.filter.as_deref());
        }
        if takes(TTL) {
            let (code, limits) = ("InvalidMessageTtl", (0, MAX_MESSAGE_TTL));
            query.integer(
                "messageTtlSeconds",
                within("message TTL in seconds", code, p.message_ttl_seconds, limits)?,
            );
        }
        if takes(REASON) {
            query.optional("reason", p.reason.as_deref());
        }
        if takes(TARGET) {
            let target = p.target_name.as_deref().map(Group::new).transpose()?;
            query.optional("targetName", target.as_ref().map(Group::as_str));
        }
        if takes(PAGE) {
            query.integer(
                "maxpagesize",
                within("page size", "InvalidPageSize", p.max_page_size, (1, 200))?,
            );
            query.integer(
                "top",
                within(
                    "number of connections to list",
                    "InvalidTop",
                    p.top,
                    (1, i32::MAX as u32),
                )?,
            );
            query.optional("continuationToken", p.continuation_token.as_deref());
        }
        Ok(())
    }

    fn check_groups(&self) -> Result<()> {
        let mut groups = self.parameters.groups.iter();
        groups.try_for_each(|group| Group::new(group).map(drop))
    }

    fn groups_body(&self) -> Result<String> {
        let p = &self.parameters;
        if p.groups.is_empty() {
            return Err(Error::invalid(
                "InvalidGroup",
                "The list of groups is empty: give at least one group",
            ));
        }
        self.check_groups()?;
        let body = Object::new().texts("groups", &p.groups);
        Ok(match &p.filter {
            Some(filter) => body.text("filter", filter),
            None => body,
        }
        .end())
    }
}

/// Appends parameters to a URL that has a query already.
struct Query<'a>(&'a mut String);

impl Query<'_> {
    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.0.push('&');
            self.0.push_str(name);
            self.0.push('=');
            encode(value, self.0);
        }
    }

    fn all(&mut self, name: &str, values: &[String]) {
        values.iter().for_each(|value| self.optional(name, Some(value)));
    }

    fn integer(&mut self, name: &str, value: Option<u64>) {
        let mut digits = String::new();
        if let Some(value) = value {
            decimal(value, &mut digits);
            self.optional(name, Some(&digits));
        }
    }
}

/// A number within limits.
fn within(what: &str, code: &'static str, value: Option<u64>, limits: (u32, u32)) -> Result<Option<u64>> {
    let (min, max) = limits;
    if value.is_none_or(|value| (u64::from(min)..=u64::from(max)).contains(&value)) {
        return Ok(value);
    }
    let mut message = ["The ", what, " is out of range: give a whole number from "].concat();
    decimal(min.into(), &mut message);
    message.push_str(" to ");
    decimal(max.into(), &mut message);
    Err(Error::out_of_range(code, message))
}
