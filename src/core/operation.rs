//! Every REST operation of the service, as a row of one table.
//!
//! In here: the table, and how a row and what was given become a URL and a body. Operations differ in their row, not in
//! code; the option markers of the Rust client come from the same rows. Not in here: headers (`headers.rs`), signing
//! (`token.rs`), what becomes of the response (`judge.rs`).

use super::endpoint::Base;
use super::error::Fault;
use super::given::{Given, Parameter, Place};
use super::names::{Name, check_permission};
use super::sink::Sink;
use super::text::{as_str, equal, index_of, is_blank, nth, number, take};
use super::token::{ClientAccess, user_id};

/// The version of the service's API that requests ask for by default.
pub const API_VERSION: &str = "2024-12-01";

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

const METHODS: &str = "GET,HEAD,POST,PUT,PATCH,DELETE";

impl Method {
    const ALL: &[Self] = &[
        Self::Get,
        Self::Head,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
    ];

    /// The name, in capitals.
    pub fn as_str(self) -> &'static str {
        as_str(self.name())
    }

    /// The same as bytes.
    pub(crate) fn name(self) -> &'static [u8] {
        nth(METHODS, b',', self as usize)
    }

    /// The method of this name, in capitals.
    pub(crate) fn parse(name: &[u8]) -> Result<Self, Fault> {
        let index = index_of(name, METHODS.as_bytes(), equal);
        index
            .and_then(|index| Self::ALL.get(index))
            .copied()
            .ok_or(Fault::Method)
    }

    /// Whether a request of this library with the method asks for JSON, in which the service writes its errors too.
    pub(crate) fn asks_for_json(self) -> bool {
        self != Self::Head
    }

    /// Whether a request means the same when it arrives twice. POST and PATCH need not.
    pub const fn is_repeatable(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }
}

// Which options an operation takes in its query.
pub(crate) const EXCLUDED: u16 = 1;
pub(crate) const FILTER: u16 = 1 << 1;
pub(crate) const TTL: u16 = 1 << 2;
pub(crate) const REASON: u16 = 1 << 3;
pub(crate) const TARGET: u16 = 1 << 4;
pub(crate) const PAGE: u16 = 1 << 5;
pub(crate) const TOKEN: u16 = 1 << 6;
// What its body is.
pub(crate) const MESSAGE: u16 = 1 << 7;
pub(crate) const GROUPS: u16 = 1 << 8;
// Whether 404 is an outcome, which means no.
pub(crate) const EXISTS: u16 = 1 << 9;

/// The numbers of a row of the table.
struct Row {
    method: Method,
    success: u16,
    takes: u16,
}

/// The table, handed to whatever macro makes something of it.
macro_rules! operations {
    ($make:ident) => {
        $make! {
            GetServiceStatus "getServiceStatus" Head "/api/health" 200 [] "Whether the service is up.";
            AddConnectionsToGroups "addConnectionsToGroups" Post "/api/hubs/{hub}/:addToGroups" 200 [GROUPS] "Adds the connections that a filter matches to groups.";
            RemoveConnectionsFromGroups "removeConnectionsFromGroups" Post "/api/hubs/{hub}/:removeFromGroups" 200 [GROUPS] "Removes the connections that a filter matches from groups.";
            CloseAllConnections "closeAllConnections" Post "/api/hubs/{hub}/:closeConnections" 204 [EXCLUDED REASON] "Closes the connections of the hub.";
            GenerateClientToken "generateClientToken" Post "/api/hubs/{hub}/:generateToken" 200 [TOKEN] "Has the service issue a client access token.";
            SendToAll "sendToAll" Post "/api/hubs/{hub}/:send" 202 [EXCLUDED FILTER TTL MESSAGE] "Sends to every connection of the hub.";
            CloseConnection "closeConnection" Delete "/api/hubs/{hub}/connections/{connection}" 204 [REASON] "Closes a connection.";
            ConnectionExists "connectionExists" Head "/api/hubs/{hub}/connections/{connection}" 200 [EXISTS] "Whether the connection exists.";
            SendToConnection "sendToConnection" Post "/api/hubs/{hub}/connections/{connection}/:send" 202 [TTL MESSAGE] "Sends to a connection.";
            RemoveConnectionFromAllGroups "removeConnectionFromAllGroups" Delete "/api/hubs/{hub}/connections/{connection}/groups" 204 [] "Removes a connection from every group.";
            GroupExists "groupExists" Head "/api/hubs/{hub}/groups/{group}" 200 [EXISTS] "Whether a group has any connection.";
            CloseGroupConnections "closeGroupConnections" Post "/api/hubs/{hub}/groups/{group}/:closeConnections" 204 [EXCLUDED REASON] "Closes the connections of a group.";
            SendToGroup "sendToGroup" Post "/api/hubs/{hub}/groups/{group}/:send" 202 [EXCLUDED FILTER TTL MESSAGE] "Sends to every connection of a group.";
            ListConnections "listConnections" Get "/api/hubs/{hub}/groups/{group}/connections" 200 [PAGE] "Lists the connections of a group, a page at a time.";
            RemoveConnectionFromGroup "removeConnectionFromGroup" Delete "/api/hubs/{hub}/groups/{group}/connections/{connection}" 204 [] "Removes a connection from a group.";
            AddConnectionToGroup "addConnectionToGroup" Put "/api/hubs/{hub}/groups/{group}/connections/{connection}" 200 [] "Adds a connection to a group.";
            RevokePermission "revokePermission" Delete "/api/hubs/{hub}/permissions/{permission}/connections/{connection}" 204 [TARGET] "Revokes a permission of a connection.";
            HasPermission "hasPermission" Head "/api/hubs/{hub}/permissions/{permission}/connections/{connection}" 200 [TARGET EXISTS] "Whether a connection has a permission.";
            GrantPermission "grantPermission" Put "/api/hubs/{hub}/permissions/{permission}/connections/{connection}" 200 [TARGET] "Grants a permission to a connection.";
            UserExists "userExists" Head "/api/hubs/{hub}/users/{user}" 200 [EXISTS] "Whether a user has any connection.";
            CloseUserConnections "closeUserConnections" Post "/api/hubs/{hub}/users/{user}/:closeConnections" 204 [EXCLUDED REASON] "Closes the connections of a user.";
            SendToUser "sendToUser" Post "/api/hubs/{hub}/users/{user}/:send" 202 [FILTER TTL MESSAGE] "Sends to every connection of a user.";
            RemoveUserFromAllGroups "removeUserFromAllGroups" Delete "/api/hubs/{hub}/users/{user}/groups" 204 [] "Removes a user's connections from every group.";
            RemoveUserFromGroup "removeUserFromGroup" Delete "/api/hubs/{hub}/users/{user}/groups/{group}" 204 [] "Removes a user's connections from a group.";
            AddUserToGroup "addUserToGroup" Put "/api/hubs/{hub}/users/{user}/groups/{group}" 200 [] "Adds a user's live connections to a group.";
        }
    };
}
pub(crate) use operations;

macro_rules! make_table {
    ($($kind:ident $name:literal $method:ident $path:literal $success:literal [$($takes:ident)*] $doc:literal;)*) => {
        /// The operations of the service, in the order of their paths.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum OperationKind {
            $(
                #[doc = $doc]
                #[doc = concat!("\n\n`", stringify!($method), " ", $path, "`")]
                $kind,
            )*
        }

        static ROWS: &[Row] = &[$(Row {
            method: Method::$method,
            success: $success,
            takes: 0 $(| $takes)*,
        }),*];

        const PATHS: &str = concat!($($path, ","),*);

        impl OperationKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name of the operation in the official JavaScript client, or what it would be there.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}
operations!(make_table);

/// The query parameters of operations: which operations take them, and what is given for them.
static QUERY: [(u16, Parameter); 9] = [
    (EXCLUDED, Parameter::ExcludedConnections),
    (FILTER, Parameter::Filter),
    (TTL, Parameter::MessageTtlSeconds),
    (REASON, Parameter::Reason),
    (TARGET, Parameter::TargetName),
    (PAGE, Parameter::MaxPageSize),
    (PAGE, Parameter::Top),
    (PAGE, Parameter::ContinuationToken),
    (TOKEN, Parameter::Roles),
];

/// Their names on the wire, in the same order.
const QUERY_NAMES: &str =
    "excluded,filter,messageTtlSeconds,reason,targetName,maxpagesize,top,continuationToken,role";

impl OperationKind {
    /// The operation with this number, counted from 0 in the order of the table.
    pub(crate) fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }

    fn row(self) -> &'static Row {
        const NONE: Row = Row {
            method: Method::Head,
            success: 0,
            takes: 0,
        };
        ROWS.get(self as usize).unwrap_or(&NONE)
    }

    /// The method.
    pub fn method(self) -> Method {
        self.row().method
    }

    /// The path, with the names that it needs in braces.
    pub fn path(self) -> &'static str {
        as_str(nth(PATHS, b',', self as usize))
    }

    /// The one status that means success.
    pub fn success(self) -> u16 {
        self.row().success
    }

    /// Whether 404 is an outcome, which means no.
    pub fn asks_existence(self) -> bool {
        self.takes(EXISTS)
    }

    /// Whether the operation has a message as its body.
    pub fn sends(self) -> bool {
        self.takes(MESSAGE)
    }

    /// Whether the body is a list of groups: see [`OperationKind::write_body`].
    pub(crate) fn has_groups(self) -> bool {
        self.takes(GROUPS)
    }

    /// Whether doing it twice is the same as doing it once. Only sends are not: the service knows no idempotency key, so
    /// that a message whose outcome is unknown would arrive twice.
    pub fn is_repeatable(self) -> bool {
        !self.sends()
    }

    /// Whether the response holds a token, which no log may show.
    pub fn is_secret(self) -> bool {
        self.takes(TOKEN)
    }

    fn takes(self, option: u16) -> bool {
        self.row().takes & option != 0
    }

    /// Appends the URL of the operation. Names and options are checked on the way; what is written behind an error is
    /// of no use.
    #[inline(always)]
    pub(crate) fn write_url<'a>(
        self,
        endpoint: Base<'_>,
        hub: &[u8],
        api_version: &[u8],
        given: &impl Given<'a>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Fault> {
        sink.text(endpoint.text());
        let mut path = nth(PATHS, b',', self as usize).get(1..).unwrap_or_default();
        while !path.is_empty() {
            let segment = take(&mut path, b'/');
            sink.byte(b'/');
            let name = match segment {
                [b'{', name @ .., b'}'] => index_of(name, b"hub,group,user,connection,permission", equal),
                _ => None,
            };
            match name {
                None => sink.text(segment),
                Some(0) => sink.encoded(hub),
                Some(1) => write_name(Name::Group, Parameter::Group, given, sink)?,
                Some(2) => write_name(Name::UserId, Parameter::UserId, given, sink)?,
                Some(3) => write_name(Name::ConnectionId, Parameter::ConnectionId, given, sink)?,
                Some(_) => {
                    let permission = given.first(Parameter::Permission).unwrap_or_default();
                    check_permission(permission)?;
                    sink.text(permission);
                }
            }
        }
        sink.text(b"?api-version=");
        sink.encoded(api_version);
        self.write_query(given, sink)
    }

    /// Appends the marks of the options that the operation takes.
    pub(crate) fn write_options(self, sink: &mut Sink<'_>) {
        for (takes, parameter) in &QUERY {
            if self.takes(*takes) {
                sink.byte(*parameter as u8);
            }
        }
        if self.sends() {
            sink.byte(Parameter::Metadata as u8);
        }
    }

    fn write_query<'a>(self, given: &impl Given<'a>, sink: &mut Sink<'_>) -> Result<(), Fault> {
        if self.takes(TOKEN) {
            if given.has(Parameter::JwtHeader) {
                return Err(Fault::JwtHeaders);
            }
            let access = ClientAccess::new(given)?;
            if let Some(id) = user_id(given) {
                write_parameter(b"&", b"userId", id, sink);
            }
            sink.text(b"&minutesToExpire=");
            sink.number(access.minutes());
            let mut place = Place::default();
            while let Some(group) = given.next(Parameter::Groups, &mut place) {
                write_parameter(b"&", b"group", group, sink);
            }
            write_parameter(b"&", b"clientType", access.protocol().client_type(), sink);
        }
        for (index, (takes, parameter)) in QUERY.iter().enumerate() {
            if self.takes(*takes) {
                let mut place = Place::default();
                while let Some(value) = given.next(*parameter, &mut place) {
                    check_option(*parameter, value)?;
                    write_parameter(b"&", nth(QUERY_NAMES, b',', index), value, sink);
                }
            }
        }
        check_length(sink)
    }

    /// Appends the JSON body of an operation on lists of groups.
    #[inline(always)]
    pub(crate) fn write_body<'a>(self, given: &impl Given<'a>, sink: &mut Sink<'_>) -> Result<(), Fault> {
        if !given.has(Parameter::Groups) {
            return Err(Fault::GroupsEmpty);
        }
        Name::Group.check_all(given, Parameter::Groups)?;
        sink.byte(b'{');
        sink.member_list("groups", true, given, Parameter::Groups);
        let filter = given.first(Parameter::Filter).unwrap_or_default();
        check_option(Parameter::Filter, filter)?;
        sink.member("filter");
        sink.json(filter);
        sink.byte(b'}');
        Ok(())
    }
}

fn write_name<'a>(
    kind: Name,
    parameter: Parameter,
    given: &impl Given<'a>,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    let name = given.first(parameter).unwrap_or_default();
    kind.check(name)?;
    sink.encoded(name);
    Ok(())
}

/// The longest URL, in bytes: servers reject longer request lines. The limit of the service is not documented; that of its
/// web server, Kestrel, is 8 KiB.
const MAX_URL: usize = 8 * 1024;

/// Refuses a URL that is too long; the sink holds it.
pub fn check_length(sink: &Sink<'_>) -> Result<(), Fault> {
    if sink.len() > MAX_URL {
        return Err(Fault::UrlTooLong);
    }
    Ok(())
}

/// Appends a parameter of a query, behind a separator.
pub fn write_parameter(separator: &[u8], name: &[u8], value: &[u8], sink: &mut Sink<'_>) {
    sink.text(separator);
    sink.encoded(name);
    sink.byte(b'=');
    sink.encoded(value);
}

fn check_option(parameter: Parameter, value: &[u8]) -> Result<(), Fault> {
    let (least, most, fault) = match parameter {
        Parameter::ExcludedConnections => return Name::ConnectionId.check(value),
        Parameter::TargetName => return Name::Group.check(value),
        // The service takes an empty filter as none, so that the operation would reach every connection.
        Parameter::Filter if is_blank(value) => return Err(Fault::Filter),
        Parameter::MessageTtlSeconds => (0, 300, Fault::MessageTtl),
        Parameter::MaxPageSize => (1, 200, Fault::PageSize),
        Parameter::Top => (1, i32::MAX as u32, Fault::Top),
        _ => return Ok(()),
    };
    let number = number(value);
    if number >= least && number <= most {
        Ok(())
    } else {
        Err(fault)
    }
}
