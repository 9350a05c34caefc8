//! Responses that accept a client.
//!
//! In here: the settings of a connection, collected. Not in here: their limits, and the body (`core/events/response.rs`).

use alloc::string::String;

use super::{response::EventResponse, state::StateChange};
use crate::{
    bridge::{Values, write},
    core::{events::response::write_acceptance, given::Parameter},
    error::Result,
};

/// Accepts a client. Settings that are not set stay as the client's token has them.
///
/// For an MQTT client, user id, groups and roles apply only if its session is new.
#[derive(Debug, Clone, Default)]
pub struct ConnectResponse(Values);

impl ConnectResponse {
    /// Accepts the client without changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The user id of the connection; an empty one makes the client anonymous.
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.0.set(Parameter::UserId, [user_id]);
        self
    }

    /// The groups that the client joins.
    pub fn groups<S: AsRef<str>>(self, groups: &[S]) -> Self {
        self.list(Parameter::GroupsGiven, Parameter::Groups, groups)
    }

    /// The roles of the client; an empty list removes every role. See [`roles`](crate::roles).
    pub fn roles<S: AsRef<str>>(self, roles: &[S]) -> Self {
        self.list(Parameter::RolesGiven, Parameter::Roles, roles)
    }

    /// The subprotocol, one of those that the client offers.
    pub fn subprotocol<S: AsRef<str>>(mut self, chosen: impl Into<String>, offered: &[S]) -> Self {
        let offered = offered.iter().map(AsRef::as_ref);
        self.0.set(Parameter::OfferedSubprotocols, offered);
        self.0.set(Parameter::Subprotocol, [chosen]);
        self
    }

    /// The user properties of the CONNACK packet, names and values; only clients of MQTT 5.0 receive them.
    pub fn user_properties<N: AsRef<str>, V: AsRef<str>>(mut self, properties: &[(N, V)]) -> Self {
        set_user_properties(&mut self.0, properties);
        self
    }

    /// The response.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidUserId`, `InvalidGroup`, or
    /// `InvalidSubprotocol` for one that the client does not offer, or `StateTooLarge`.
    pub fn response(self, state: &StateChange) -> Result<EventResponse> {
        let (body, head) = write(|sink| write_acceptance(&&self.0, sink))?;
        // A response without settings has no body.
        let body = head.content_type.map(|_| body).unwrap_or_default();
        Ok(EventResponse::new(head, body).with_state(state.header()?))
    }

    fn list<S: AsRef<str>>(mut self, is_given: Parameter, parameter: Parameter, texts: &[S]) -> Self {
        self.0.set(is_given, [""]);
        self.0.set(parameter, texts.iter().map(AsRef::as_ref));
        self
    }
}

pub(super) fn set_user_properties<N: AsRef<str>, V: AsRef<str>>(values: &mut Values, properties: &[(N, V)]) {
    values.set(Parameter::UserPropertiesGiven, [""]);
    values.set::<String>(Parameter::UserProperty, []);
    for (name, value) in properties {
        values.push_pair(Parameter::UserProperty, name.as_ref(), value.as_ref());
    }
}
