//! The bodies of the connect event: what the handler is told about a client, and what it may decide.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::Claims;
use crate::http::Query;
use crate::model::{MqttConnect, UserProperty};

/// The long names under which the service repeats two claims.
const LONG_CLAIM_NAMES: [(&str, &str); 2] = [
    (
        "sub",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    ),
    (
        "role",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
    ),
];

/// A name with all its values, as every map in the connect body has them.
type Multimap = BTreeMap<String, Vec<String>>;

/// The request body.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mqtt: Option<MqttConnect>,
    claims: Multimap,
    query: Multimap,
    headers: Multimap,
    subprotocols: Vec<String>,
    /// Always empty: no client is asked for one.
    client_certificates: [(); 0],
}

impl ConnectRequest {
    pub(crate) fn new(claims: &Claims, query: &Query, headers: &HeaderMap, subprotocols: &[String]) -> Self {
        let mut request = Self {
            mqtt: None,
            claims: claims
                .iter()
                .map(|(name, value)| (name.clone(), claim_values(value)))
                .collect(),
            query: Multimap::new(),
            headers: Multimap::new(),
            subprotocols: subprotocols.to_vec(),
            client_certificates: [],
        };
        for (short, long) in LONG_CLAIM_NAMES {
            if let Some(values) = request.claims.get(short).cloned() {
                request.claims.insert(long.to_owned(), values);
            }
        }
        for (name, value) in query.iter() {
            request
                .query
                .entry(name.to_owned())
                .or_default()
                .push(value.to_owned());
        }
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            request
                .headers
                .entry(name.as_str().to_owned())
                .or_default()
                .push(value);
        }
        request
    }
}

fn claim_values(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(claim_values).collect(),
        other => vec![other.to_string()],
    }
}

/// The answer. What is absent or null stays as the token has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectAnswer {
    pub(crate) user_id: Option<String>,
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) subprotocol: Option<String>,
    pub(crate) mqtt: Option<MqttAnswer>,
}

/// What an MQTT client gets besides.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MqttAnswer {
    #[serde(default)]
    pub(crate) user_properties: Option<Vec<UserProperty>>,
}

impl ConnectAnswer {
    /// An empty body accepts as it is.
    pub(super) fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        match body.trim_ascii() {
            [] => Ok(Self::default()),
            body => serde_json::from_slice::<Option<Self>>(body).map(Option::unwrap_or_default),
        }
    }
}
