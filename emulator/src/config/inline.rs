//! An event handler in one line, as an option or an environment variable has it:
//! `chat=http://127.0.0.1:8787/{event} userEventPattern=* systemEvents=connect,connected`.

use serde_json::{Map, Value, json};

use super::HubName;
use super::reader::explain;
use crate::events::EventHandler;
use crate::model::ConfigError;

const FORM: &str = "an event handler is HUB=URL_TEMPLATE, for example \
    chat=http://127.0.0.1:8787/events/{event}, and after blanks perhaps userEventPattern=…, systemEvents=… or \
    groupPresenceEvents=… with names between commas";

/// The hub and the handler.
pub(crate) fn event_handler(line: &str) -> Result<(String, EventHandler), ConfigError> {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let (hub, url) = first.split_once('=').ok_or_else(|| ConfigError::new(FORM))?;
    HubName::try_from(hub.to_owned()).map_err(ConfigError::new)?;
    let mut members = Map::new();
    members.insert("urlTemplate".to_owned(), json!(url));
    for word in words {
        let (name, value) = word.split_once('=').ok_or_else(|| ConfigError::new(FORM))?;
        let names = || value.split(',').map(str::trim).filter(|name| !name.is_empty());
        let value = match name {
            "systemEvents" => names().collect::<Value>(),
            "groupPresenceEvents" => json!({"eventNames": names().collect::<Value>()}),
            _ => json!(value),
        };
        if members.insert(name.to_owned(), value).is_some() {
            return Err(ConfigError::new(format!(
                "event handler of hub {hub}: {name} is there twice"
            )));
        }
    }
    let handler = serde_json::from_value(Value::Object(members)).map_err(|error| {
        ConfigError::new(format!(
            "event handler of hub {hub}: {}",
            explain(&error.to_string())
        ))
    })?;
    Ok((hub.to_owned(), handler))
}
