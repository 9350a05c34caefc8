//! What a fault is: which requests or events it meets, and what then happens.

use serde::{Deserialize, Serialize};

/// How long a fault may delay, in milliseconds: 10 minutes.
const MAX_DELAY_MS: u64 = 600_000;

/// What a fault is looking for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultOn {
    /// REST calls.
    Rest,
    /// Handshakes of clients.
    Connect,
    /// Events to handlers. Each attempt counts.
    Event,
}

/// When a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reset {
    /// Nothing has been done.
    Before,
    /// The request has been handled, but its response is lost.
    After,
}

/// A fault for the next matching requests or events: a delay, and at most one of a status, a reset and a truncated
/// body.
///
/// ```
/// use std::time::Duration;
/// use webpubsub_emulator::control::Fault;
///
/// // The next three sends to the hub are refused, with the wish to wait for two seconds.
/// let busy = Fault::rest().hub("chat").path("*/:send").times(3).status(503).retry_after(2);
/// // The next event `message` takes half a second longer.
/// let slow = Fault::event("message").delay(Duration::from_millis(500));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    pub(super) on: FaultOn,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hub: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<String>,
    #[serde(default = "once")]
    pub(super) times: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delay_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retry_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reset: Option<Reset>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) truncate: bool,
}

fn once() -> u32 {
    1
}

impl Fault {
    fn on(on: FaultOn) -> Self {
        Self {
            on,
            hub: None,
            method: None,
            path: None,
            event: None,
            times: 1,
            delay_ms: None,
            status: None,
            retry_after: None,
            reset: None,
            truncate: false,
        }
    }

    /// A fault of REST calls.
    #[must_use]
    pub fn rest() -> Self {
        Self::on(FaultOn::Rest)
    }

    /// A fault of clients' handshakes.
    #[must_use]
    pub fn connect() -> Self {
        Self::on(FaultOn::Connect)
    }

    /// A fault of events with this name, such as `connect`, `connected` or `message`; `*` stands for any characters.
    #[must_use]
    pub fn event(name: impl Into<String>) -> Self {
        Self {
            event: Some(name.into()),
            ..Self::on(FaultOn::Event)
        }
    }

    /// Only for this hub. Default: all hubs.
    #[must_use]
    pub fn hub(mut self, hub: impl Into<String>) -> Self {
        self.hub = Some(hub.into());
        self
    }

    /// Only for this HTTP method. Default: all.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only for this path, as it is sent and without the query; `*` stands for any characters. Default: all.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// How many requests or events it meets before it is gone. Default: 1.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// How long to wait before anything else, at most 10 minutes. Default: not at all.
    #[must_use]
    pub fn delay(mut self, delay: std::time::Duration) -> Self {
        self.delay_ms = Some(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Respond with this status and do nothing. Of an event: as if the handler had responded so.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The `Retry-After` header beside the status, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Reset the TCP connection. Of an event: as if the handler had.
    #[must_use]
    pub fn reset(mut self, when: Reset) -> Self {
        self.reset = Some(when);
        self
    }

    /// Handle the request, send half of the response's body and reset the connection.
    #[must_use]
    pub fn truncate(mut self) -> Self {
        self.truncate = true;
        self
    }

    /// What is wrong with it, if something is.
    pub(super) fn check(&self) -> Result<(), String> {
        let outcomes = [self.status.is_some(), self.reset.is_some(), self.truncate];
        let of_event = self.on == FaultOn::Event;
        match () {
            () if self.times == 0 => Err("'times' must be at least 1.".to_owned()),
            () if outcomes.iter().filter(|given| **given).count() > 1 => Err(
                "A fault has one of 'status', 'reset' and 'truncate'. Add another fault for another."
                    .to_owned(),
            ),
            () if self.delay_ms.is_none() && !outcomes.contains(&true) => Err(
                "The fault does nothing. Give it one of 'delayMs', 'status', 'reset' and 'truncate'."
                    .to_owned(),
            ),
            () if self.delay_ms.is_some_and(|delay| delay > MAX_DELAY_MS) => {
                Err(format!("'delayMs' must be at most {MAX_DELAY_MS}."))
            }
            () if self.status.is_some_and(|status| !(200..=599).contains(&status)) => {
                Err("'status' must be between 200 and 599.".to_owned())
            }
            () if self.retry_after.is_some() && (self.status.is_none() || of_event) => {
                Err("'retryAfter' needs a 'status', and a fault on \"rest\" or \"connect\".".to_owned())
            }
            () if self.event.is_some() && !of_event => Err("'event' needs \"on\": \"event\".".to_owned()),
            () if of_event && (self.method.is_some() || self.path.is_some()) => {
                Err("'method' and 'path' are for faults on \"rest\" and \"connect\".".to_owned())
            }
            () if self.truncate && self.on == FaultOn::Connect => {
                Err("The response to a handshake has no body to truncate. Use 'reset'.".to_owned())
            }
            () => Ok(()),
        }
    }
}
