//! Tokens: claims in, compact JWTs out.
//!
//! In here: the tokens that requests carry, and client access tokens with the URL that a client connects to. Time comes
//! in as an argument. Not in here: the signature (`access_key.rs`), the request by which the service issues a token
//! (`operation.rs`).

use super::access_key::AccessKey;
use super::endpoint::Base;
use super::error::Fault;
use super::given::{Given, Parameter, Place};
use super::names::Name;
use super::sink::Sink;
use super::text::{equal, index_of, is_blank, is_made_of, nth, number, same};

/// How long the token of a request is valid, in seconds: as long as that of the official JavaScript client. It is good for
/// this one URL, and made anew for every attempt.
const REQUEST_LIFETIME: u32 = 3600;

/// The default lifetime of a client access token, in seconds.
pub const DEFAULT_LIFETIME: u32 = 3600;

/// The longest URL that the service accepts, in bytes, as its maintainers say of the same front end in
/// Azure/azure-signalr#275.
const MAX_URL: usize = 12 * 1024;

/// Appends the token of a request: its audience is the URL exactly as it is sent to the service, which the sink holds
/// already from `start` to `end`. `now` is in seconds since 1970.
pub fn write_request_token(
    key: AccessKey<'_>,
    start: usize,
    end: usize,
    now: u32,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    check_clock(now)?;
    let (written, mut token, mut claims) = sink.split();
    claims.text(b"{\"aud\":");
    claims.json(written.get(start..end).unwrap_or_default());
    write_times(now, REQUEST_LIFETIME, &mut claims);
    claims.byte(b'}');
    key.write_jwt(b"", claims.written(), &mut token);
    let (length, full) = (token.len(), token.is_full() || claims.is_full());
    sink.keep(length, full);
    Ok(())
}

/// Refuses a clock that does not run: a token of its time would have expired. In the global scope of a Worker it stands at 0.
fn check_clock(now: u32) -> Result<(), Fault> {
    // Some time in 2001.
    if now < 1_000_000_000 {
        return Err(Fault::Clock);
    }
    Ok(())
}

fn write_times(now: u32, lifetime: u32, claims: &mut Sink<'_>) {
    claims.text(b",\"iat\":");
    claims.number(now);
    claims.text(b",\"exp\":");
    claims.number(now.saturating_add(lifetime));
}

/// The protocol of a client, which decides where it connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientProtocol {
    /// WebSocket clients, with a subprotocol of the service or without.
    #[default]
    Default,
    /// MQTT 3.1.1 and 5.0 over WebSocket.
    Mqtt,
    /// Socket.IO.
    SocketIo,
}

/// The values of the `clientType` parameter, which are also the names of the protocols but for the case.
const CLIENT_TYPES: &str = "Default,MQTT,SocketIO";

impl ClientProtocol {
    /// The protocol of this name, in any letter case; without a name the default one.
    #[inline(always)]
    pub(crate) fn parse(name: Option<&[u8]>) -> Result<Self, Fault> {
        let Some(name) = name else {
            return Ok(Self::Default);
        };
        match index_of(name, CLIENT_TYPES.as_bytes(), same) {
            Some(0) => Ok(Self::Default),
            Some(1) => Ok(Self::Mqtt),
            Some(_) => Ok(Self::SocketIo),
            None => Err(Fault::ClientProtocol),
        }
    }

    /// The value of the `clientType` parameter of `:generateToken`.
    pub(crate) fn client_type(self) -> &'static [u8] {
        nth(CLIENT_TYPES, b',', self as usize)
    }

    /// Appends the path at which clients of a hub connect.
    fn write_path(self, hub: &[u8], sink: &mut Sink<'_>) {
        sink.text(nth(
            "/client/hubs/,/clients/mqtt/hubs/,/clients/socketio/hubs/",
            b',',
            self as usize,
        ));
        sink.encoded(hub);
    }
}

/// What a client access token is made of, checked.
#[derive(Clone, Copy)]
pub struct ClientAccess<'g, G> {
    given: &'g G,
    protocol: ClientProtocol,
    lifetime: u32,
}

impl<'g, 'a, G: Given<'a>> ClientAccess<'g, G> {
    /// Checks everything that the service would reject, or would read as something else: a user id, roles, groups, the
    /// lifetime and the client protocol. An empty user id is none.
    pub fn new(given: &'g G) -> Result<Self, Fault> {
        if let Some(id) = user_id(given) {
            Name::UserId.check(id)?;
        }
        Name::Group.check_all(given, Parameter::Groups)?;
        let mut place = Place::default();
        while let Some(role) = given.next(Parameter::Roles, &mut place) {
            if is_blank(role) {
                return Err(Fault::RoleEmpty);
            }
        }
        let lifetime = match given.first(Parameter::LifetimeSeconds) {
            None => DEFAULT_LIFETIME,
            Some(text) => number(text),
        };
        if lifetime == 0 || lifetime > i32::MAX as u32 {
            return Err(Fault::Expiration);
        }
        Ok(Self {
            given,
            protocol: ClientProtocol::parse(given.first(Parameter::ClientProtocol))?,
            lifetime,
        })
    }

    /// The protocol of the client.
    pub fn protocol(&self) -> ClientProtocol {
        self.protocol
    }

    /// The lifetime as the service counts it when it issues the token: whole minutes, rounded down, at least one.
    pub fn minutes(&self) -> u32 {
        (self.lifetime / 60).max(1)
    }

    /// Appends the token that the key signs for a client of this hub, then where to connect with it, as
    /// [`write_urls`] does. `clients` is where clients connect, `now` is in seconds since 1970.
    pub fn write(
        &self,
        key: AccessKey<'_>,
        endpoint: Base<'_>,
        clients: Base<'_>,
        hub: &[u8],
        now: u32,
        sink: &mut Sink<'_>,
    ) -> Result<(), Fault> {
        check_clock(now)?;
        let start = sink.len();
        let (_, mut token, mut claims) = sink.split();
        let header_length = self.write_header(&mut claims);
        self.write_claims(endpoint, hub, now, &mut claims);
        let (header, body) = claims
            .written()
            .split_at_checked(header_length)
            .unwrap_or_default();
        key.write_jwt(header, body, &mut token);
        let (length, full) = (token.len(), token.is_full() || claims.is_full());
        sink.keep(length, full);
        let url = write_urls(self.protocol, clients, hub, start, sink);
        if url > MAX_URL {
            return Err(Fault::TokenTooLarge);
        }
        Ok(())
    }

    /// Writes the JOSE header when members were added to it; they never replace its own. Gives its length.
    fn write_header(&self, sink: &mut Sink<'_>) -> usize {
        if self.given.has(Parameter::JwtHeader) {
            sink.text(b"{\"alg\":\"HS256\",\"typ\":\"JWT\"");
            let mut place = Place::default();
            while let Some((name, json)) = self.given.next_pair(Parameter::JwtHeader, &mut place) {
                if !equal(name, b"alg") && !equal(name, b"typ") {
                    sink.member_of(name);
                    sink.text(json);
                }
            }
            sink.byte(b'}');
        }
        sink.len()
    }

    fn write_claims(&self, endpoint: Base<'_>, hub: &[u8], now: u32, claims: &mut Sink<'_>) {
        claims.text(b"{\"aud\":\"");
        // Neither has a character that JSON escapes.
        claims.text(endpoint.text());
        self.protocol.write_path(hub, claims);
        claims.byte(b'"');
        write_times(now, self.lifetime, claims);
        if let Some(id) = user_id(self.given) {
            claims.member("sub");
            claims.json(id);
        }
        claims.member_list("role", false, self.given, Parameter::Roles);
        claims.member_list("webpubsub.group", false, self.given, Parameter::Groups);
        claims.byte(b'}');
    }
}

/// The user id, unless it is empty.
pub fn user_id<'a>(given: &impl Given<'a>) -> Option<&'a [u8]> {
    given.first(Parameter::UserId).filter(|id| !id.is_empty())
}

/// Checks a token that the service issued: it becomes a part of a URL.
pub fn check_issued(token: &[u8]) -> Result<(), Fault> {
    if token.is_empty() || !is_made_of(token, b"-._~+/=") {
        return Err(Fault::NotToken);
    }
    Ok(())
}

/// Appends, behind the token that the sink holds from `start` on, two fields: `wss://host/client/hubs/{hub}`, and the same
/// with the token in its query. Gives the length of the longer one.
pub fn write_urls(
    protocol: ClientProtocol,
    clients: Base<'_>,
    hub: &[u8],
    start: usize,
    sink: &mut Sink<'_>,
) -> usize {
    let end = sink.len();
    sink.end_field();
    let base = sink.len();
    clients.write_websocket(sink);
    protocol.write_path(hub, sink);
    let base_end = sink.len();
    sink.end_field();
    let url = sink.len();
    sink.repeat(base, base_end);
    sink.text(b"?access_token=");
    sink.repeat(start, end);
    sink.len() - url
}
