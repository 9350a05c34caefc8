//! The answer that accepts a client.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, StateChange, state};
use crate::{
    error::{Error, Result},
    json::Object,
    names::{Group, UserId},
};

/// Accepts a client. What is not set stays as the client's token says.
///
/// For an MQTT client, user, groups and roles count only when its session is new.
#[derive(Debug, Clone, Default)]
pub struct ConnectAnswer {
    user_id: Option<String>,
    groups: Option<Vec<String>>,
    roles: Option<Vec<String>>,
    subprotocol: Option<String>,
    user_properties: Option<Vec<(String, String)>>,
}

impl ConnectAnswer {
    /// Accepts the client as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// The user that the client is; an empty text makes it anonymous.
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// The groups that the client is in from the start.
    pub fn groups<S: Into<String>>(mut self, groups: impl IntoIterator<Item = S>) -> Self {
        self.groups = Some(groups.into_iter().map(Into::into).collect());
        self
    }

    /// What the client may do; none at all takes every role away.
    pub fn roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.roles = Some(roles.into_iter().map(Into::into).collect());
        self
    }

    /// The subprotocol to speak: one of those that the client offers.
    pub fn subprotocol(mut self, subprotocol: impl Into<String>) -> Self {
        self.subprotocol = Some(subprotocol.into());
        self
    }

    /// The user properties of the CONNACK packet; only MQTT 5.0 has them.
    pub fn user_properties(mut self, properties: impl IntoIterator<Item = (String, String)>) -> Self {
        self.user_properties = Some(properties.into_iter().collect());
        self
    }

    /// The answer to a client that offers these subprotocols.
    ///
    /// # Errors
    /// [`Error::InvalidInput`]: `InvalidSubprotocol` for one that is not offered, `InvalidGroup`, `InvalidUserId`.
    pub fn answer(&self, offered: &[&str], state: &StateChange) -> Result<Answer> {
        let mut body = Object::new();
        if let Some(properties) = &self.user_properties {
            let properties = user_properties(properties);
            body = body.raw("mqtt", &Object::new().raw("userProperties", &properties).end());
        }
        if let Some(user_id) = &self.user_id {
            if !user_id.is_empty() {
                UserId::new(user_id)?;
            }
            body = body.text("userId", user_id);
        }
        if let Some(groups) = &self.groups {
            groups.iter().try_for_each(|group| Group::new(group).map(drop))?;
            body = body.texts("groups", groups);
        }
        if let Some(roles) = &self.roles {
            body = body.texts("roles", roles);
        }
        if let Some(subprotocol) = &self.subprotocol {
            if !offered.contains(&subprotocol.as_str()) {
                return Err(Error::invalid(
                    "InvalidSubprotocol",
                    format!(
                        "The client does not offer the subprotocol {subprotocol}: choose one of [{}], or none",
                        offered.join(", ")
                    ),
                ));
            }
            body = body.text("subprotocol", subprotocol);
        }
        let body = body.end();
        let answer = if body == "{}" {
            Answer::empty()
        } else {
            Answer::json(200, body)
        };
        Ok(answer.with_header(state::HEADER, state.header()))
    }
}

/// User properties as JSON.
pub(super) fn user_properties(properties: &[(String, String)]) -> String {
    let mut json = String::from("[");
    for (name, value) in properties {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&Object::new().text("name", name).text("value", value).end());
    }
    json.push(']');
    json
}
