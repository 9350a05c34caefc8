//! Responses that refuse a client or a user event.
//!
//! In here: what a refusal has, collected. Not in here: MQTT codes, and the body (`core/events/`).

use alloc::string::String;

use super::{connect::set_user_properties, response::EventResponse};
use crate::{
    bridge::{Values, write},
    core::{
        events::response::{Refused, write_refusal},
        given::Parameter,
    },
    error::Result,
};

/// Refuses a client, or a user event.
///
/// If the status is 500 or higher, the service sends a user event again, up to four times.
#[derive(Debug, Clone)]
pub struct Refusal {
    refused: Refused,
    values: Values,
}

impl Refusal {
    /// Refuses with an HTTP status, 400 to 599. For an MQTT client the code follows from the status.
    pub fn status(status: u16) -> Self {
        Self::new(Refused::Status(status))
    }

    /// Refuses an MQTT client with a code of its version of MQTT. The HTTP status follows from the code.
    pub fn mqtt(code: u8) -> Self {
        Self::new(Refused::Mqtt(code))
    }

    /// Refuses with 500, because the code of the handler failed. Does not say how.
    pub fn failed() -> Self {
        Self::new(Refused::Failed)
    }

    /// The reason. Only clients of MQTT 5.0 receive it.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.values.set(Parameter::Reason, [detail]);
        self
    }

    /// The user properties of the CONNACK packet, names and values; only clients of MQTT 5.0 receive them.
    pub fn user_properties<N: AsRef<str>, V: AsRef<str>>(mut self, properties: &[(N, V)]) -> Self {
        set_user_properties(&mut self.values, properties);
        self
    }

    /// The response. `mqtt_version` is the protocol version in the connect event of an MQTT client; none for other clients
    /// and for user events.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidStatus`, and out of range, unless the
    /// status is from 400 to 599.
    pub fn response(self, mqtt_version: Option<u8>) -> Result<EventResponse> {
        let (body, head) = write(|sink| write_refusal(self.refused, mqtt_version, &&self.values, sink))?;
        Ok(EventResponse::new(head, body))
    }

    fn new(refused: Refused) -> Self {
        Self {
            refused,
            values: Values::default(),
        }
    }
}
