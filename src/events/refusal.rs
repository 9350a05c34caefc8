//! The answer that refuses a client or an event.

use alloc::string::String;

use super::{Answer, connect::user_properties, mqtt};
use crate::{
    error::{Error, Result},
    json::Object,
};

/// Refuses a client, or a user event.
///
/// The service repeats an event that is refused with a status from 500 on, up to four times.
#[derive(Debug, Clone)]
pub struct Refusal {
    status: u16,
    code: Option<u8>,
    detail: Option<String>,
    /// JSON.
    user_properties: Option<String>,
}

impl Refusal {
    /// Refuses with an HTTP status. For an MQTT client its code follows from the status.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidStatus`, and out of range, unless it is from 400 to 599.
    pub fn status(status: u16) -> Result<Self> {
        if !(400..600).contains(&status) {
            return Err(Error::out_of_range(
                "InvalidStatus",
                "The status does not refuse: give an integer from 400 to 599",
            ));
        }
        Ok(Self {
            status,
            code: None,
            detail: None,
            user_properties: None,
        })
    }

    /// Refuses an MQTT client with a code of its version of MQTT. The HTTP status follows from the code.
    pub fn mqtt(code: u8) -> Self {
        Self {
            status: mqtt::status_of(code),
            code: Some(code),
            detail: None,
            user_properties: None,
        }
    }

    /// Refuses with 500, because the code behind the handler failed. Says nothing of how.
    pub fn failed() -> Self {
        let detail = Some("The event could not be handled.".into());
        Self {
            status: 500,
            code: None,
            detail,
            user_properties: None,
        }
    }

    /// Why, in words. Only clients of MQTT 5.0 see it.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The user properties of the CONNACK packet, names and values; only MQTT 5.0 has them.
    pub fn user_properties<N: AsRef<str>, V: AsRef<str>>(mut self, properties: &[(N, V)]) -> Self {
        self.user_properties = Some(user_properties(properties));
        self
    }

    /// The answer. `mqtt_version` is what the connect event of an MQTT client says, nothing for other clients
    /// and for user events.
    pub fn answer(self, mqtt_version: Option<u8>) -> Answer {
        let code = self
            .code
            .or_else(|| mqtt_version.map(|version| mqtt::code_of(self.status, version)));
        let Some(code) = code else {
            return Answer::text(self.status, self.detail.unwrap_or_default());
        };
        let mut packet = Object::new().integer("code", code.into());
        if let Some(detail) = &self.detail {
            packet = packet.text("reason", detail);
        }
        if let Some(properties) = &self.user_properties {
            packet = packet.raw("userProperties", properties);
        }
        Answer::json(self.status, Object::new().raw("mqtt", &packet.end()).end())
    }
}
