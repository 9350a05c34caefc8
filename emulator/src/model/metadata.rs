//! Metadata: small named texts that travel beside a message, and the service's limits on them; and what travels beside
//! a message from one MQTT client to another.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::MqttProperties;

/// The headers that carry metadata start with this.
const METADATA_PREFIX: &str = "x-webpubsub-metadata-";

/// Small named texts that travel beside a message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    items: BTreeMap<String, String>,
    mqtt: Option<Arc<MqttProperties>>,
}

/// Metadata beyond the service's limits; the message says which.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct InvalidMetadata(String);

impl Metadata {
    const MAX_KEY: usize = 256;
    const MAX_VALUE: usize = 1024;
    const MAX_TOTAL: usize = 8 * 1024;

    /// Checks the limits: 256 bytes a key, 1,024 a value, 8 KiB together, all ASCII.
    pub(crate) fn new(items: BTreeMap<String, String>) -> Result<Self, InvalidMetadata> {
        let mut total = 0;
        for (key, value) in &items {
            let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            let fault = if key.is_empty() || !key.chars().all(token) {
                Some("has a key that is not an HTTP token".to_owned())
            } else if key.len() > Self::MAX_KEY {
                Some(format!("has a key longer than {} bytes", Self::MAX_KEY))
            } else if !value.chars().all(|c| (' '..='~').contains(&c)) {
                Some("has a value that is not printable ASCII".to_owned())
            } else if value.len() > Self::MAX_VALUE {
                Some(format!("has a value longer than {} bytes", Self::MAX_VALUE))
            } else {
                None
            };
            if let Some(fault) = fault {
                return Err(InvalidMetadata(format!("The metadata '{key}' {fault}.")));
            }
            total += key.len() + value.len();
        }
        match total > Self::MAX_TOTAL {
            true => Err(InvalidMetadata(format!(
                "The metadata is larger than {} bytes.",
                Self::MAX_TOTAL
            ))),
            false => Ok(Self { items, mqtt: None }),
        }
    }

    /// From the `X-WebPubSub-Metadata-*` headers; of a repeated one the last counts.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Self, InvalidMetadata> {
        let mut items = BTreeMap::new();
        for (name, value) in headers {
            if let Some(key) = name.as_str().strip_prefix(METADATA_PREFIX) {
                items.insert(
                    key.to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                );
            }
        }
        Self::new(items)
    }

    /// As headers of a webhook request.
    pub(crate) fn to_headers(&self, headers: &mut HeaderMap) {
        for (key, value) in &self.items {
            let name = HeaderName::try_from(format!("{METADATA_PREFIX}{key}"));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
    }

    /// The items, unless there are none.
    pub(crate) fn items(&self) -> Option<&BTreeMap<String, String>> {
        (!self.items.is_empty()).then_some(&self.items)
    }

    /// What travels beside the message of an MQTT client: no items, since user properties reach MQTT clients only.
    pub(crate) fn from_mqtt(properties: MqttProperties) -> Self {
        Self {
            items: BTreeMap::new(),
            mqtt: Some(Arc::new(properties)),
        }
    }

    /// Of a message that an MQTT client has published.
    pub(crate) fn mqtt(&self) -> Option<&MqttProperties> {
        self.mqtt.as_deref()
    }
}
