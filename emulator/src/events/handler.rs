//! The settings of one event handler: its URL and the events that it takes.
//!
//! The names are those of a hub's settings in Azure, so that these can be copied. Choosing among the handlers of a
//! hub is in `rules`.

use std::fmt;

use serde::Deserialize;

use super::template::UrlTemplate;
use crate::model::{ConfigError, names};

/// An event handler of a hub: a URL and the events that it takes.
///
/// With only a URL it takes every event. As soon as one kind of events is named, it takes the named ones alone.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventHandler {
    pub(super) url_template: UrlTemplate,
    user_event_pattern: Option<UserEvents>,
    system_events: Option<Vec<SystemEvent>>,
    group_presence_events: Option<GroupPresenceEvents>,
}

/// A system event of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SystemEvent {
    /// A client wants to connect: the handler decides whether it may.
    Connect,
    /// A client is connected.
    Connected,
    /// A client is gone.
    Disconnected,
}

/// An event of a connection and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupEvent {
    /// The connection is in the group now.
    Joined,
    /// The connection is in the group no more, though it goes on.
    Left,
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GroupPresenceEvents {
    event_names: Vec<GroupEvent>,
}

/// The user events that a handler takes.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum UserEvents {
    Any,
    Named(Vec<String>),
}

impl TryFrom<String> for UserEvents {
    type Error = String;

    fn try_from(pattern: String) -> Result<Self, String> {
        let names = pattern.split(',').map(str::trim).filter(|name| !name.is_empty());
        let names: Vec<String> = names.map(str::to_owned).collect();
        if names.iter().any(|name| name == "*") {
            return Ok(Self::Any);
        }
        for name in &names {
            names::event(name)
                .map_err(|error| format!("{error}; userEventPattern is * or a list of names with commas"))?;
        }
        Ok(Self::Named(names))
    }
}

/// What kind of event is looking for its handler.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    System(SystemEvent),
    Group(GroupEvent),
    User(&'a str),
}

impl EventHandler {
    /// A handler of every event. In the `http` or `https` URL, `{hub}` and `{event}` are replaced.
    ///
    /// # Errors
    /// When the URL is not absolute, has another scheme, or has a placeholder in its host.
    pub fn new(url_template: &str) -> Result<Self, ConfigError> {
        let url_template = UrlTemplate::try_from(url_template.to_owned())
            .map_err(|fault| ConfigError::new(format!("the event handler URL is not usable: {fault}")))?;
        Ok(Self {
            url_template,
            user_event_pattern: None,
            system_events: None,
            group_presence_events: None,
        })
    }

    /// The user events that it takes: `*` for all, or names with commas between them. Letter case does not matter.
    ///
    /// # Errors
    /// When a name is none that a client can send.
    pub fn user_events(mut self, pattern: &str) -> Result<Self, ConfigError> {
        let events = UserEvents::try_from(pattern.to_owned()).map_err(ConfigError::new)?;
        self.user_event_pattern = Some(events);
        Ok(self)
    }

    /// The system events that it takes.
    #[must_use]
    pub fn system_events(mut self, events: impl Into<Vec<SystemEvent>>) -> Self {
        self.system_events = Some(events.into());
        self
    }

    /// The events of groups that it takes.
    #[must_use]
    pub fn group_events(mut self, events: impl Into<Vec<GroupEvent>>) -> Self {
        self.group_presence_events = Some(GroupPresenceEvents {
            event_names: events.into(),
        });
        self
    }

    pub(super) fn takes(&self, kind: Kind<'_>) -> bool {
        let Self {
            url_template: _,
            user_event_pattern,
            system_events,
            group_presence_events,
        } = self;
        if user_event_pattern.is_none() && system_events.is_none() && group_presence_events.is_none() {
            return true;
        }
        match kind {
            Kind::System(event) => system_events
                .as_ref()
                .is_some_and(|events| events.contains(&event)),
            Kind::Group(event) => group_presence_events
                .as_ref()
                .is_some_and(|events| events.event_names.contains(&event)),
            Kind::User(name) => user_event_pattern.as_ref().is_some_and(|pattern| match pattern {
                UserEvents::Any => true,
                UserEvents::Named(names) => names.iter().any(|known| known.eq_ignore_ascii_case(name)),
            }),
        }
    }
}

impl fmt::Debug for EventHandler {
    /// Prints no URL, whose query may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventHandler")
            .field("system_events", &self.system_events)
            .finish_non_exhaustive()
    }
}
