//! The answer that accepts a client.

use alloc::{format, string::String};

use super::{Answer, StateChange};
use crate::{
    error::{Error, Result},
    json::Object,
    names::{Group, UserId},
};

/// Accepts a client. What is not set stays as the client's token says.
///
/// For an MQTT client, user, groups and roles count only when its session is new.
#[derive(Clone)]
pub struct ConnectAnswer(Object);

impl ConnectAnswer {
    /// Accepts the client as it is.
    pub fn new() -> Self {
        Self(Object::new())
    }

    /// The user that the client is; an empty text makes it anonymous.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidUserId`.
    pub fn user_id(self, user_id: impl AsRef<str>) -> Result<Self> {
        let user_id = user_id.as_ref();
        if !user_id.is_empty() {
            UserId::new(user_id)?;
        }
        Ok(Self(self.0.text("userId", user_id)))
    }

    /// The groups that the client is in from the start.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidGroup`.
    pub fn groups<S: AsRef<str>>(self, groups: &[S]) -> Result<Self> {
        for group in groups {
            Group::new(group)?;
        }
        Ok(Self(self.0.texts("groups", groups)))
    }

    /// What the client may do; none at all takes every role away. See [`roles`](crate::roles).
    pub fn roles<S: AsRef<str>>(self, roles: &[S]) -> Self {
        Self(self.0.texts("roles", roles))
    }

    /// The subprotocol to speak, one of those that the client offers.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidSubprotocol` for one that is not offered.
    pub fn subprotocol<S: AsRef<str>>(self, chosen: &str, offered: &[S]) -> Result<Self> {
        if !offered.iter().any(|offer| offer.as_ref() == chosen) {
            let mut list = String::new();
            for offer in offered {
                list.push(' ');
                list.push_str(offer.as_ref());
            }
            return Err(Error::invalid(
                "InvalidSubprotocol",
                format!("The client does not offer the subprotocol {chosen}: choose none, or one of:{list}"),
            ));
        }
        Ok(Self(self.0.text("subprotocol", chosen)))
    }

    /// The user properties of the CONNACK packet, names and values; only MQTT 5.0 has them.
    pub fn user_properties<N: AsRef<str>, V: AsRef<str>>(self, properties: &[(N, V)]) -> Self {
        Self(
            self.0.raw(
                "mqtt",
                &Object::new()
                    .raw("userProperties", &user_properties(properties))
                    .end(),
            ),
        )
    }

    /// The answer.
    pub fn answer(self, state: &StateChange) -> Answer {
        let body = self.0.end();
        state.apply(if body == "{}" {
            Answer::empty()
        } else {
            Answer::json(200, body)
        })
    }
}

impl Default for ConnectAnswer {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for ConnectAnswer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("ConnectAnswer")
            .field(&self.0.clone().end())
            .finish()
    }
}

/// User properties as JSON.
pub(super) fn user_properties<N: AsRef<str>, V: AsRef<str>>(properties: &[(N, V)]) -> String {
    let mut json = String::from("[");
    for (name, value) in properties {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(
            &Object::new()
                .text("name", name.as_ref())
                .text("value", value.as_ref())
                .end(),
        );
    }
    json.push(']');
    json
}
