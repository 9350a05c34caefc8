//! Access keys and tokens from a config file: no error says what they are.

use std::fmt;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// Texts that are never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secrets(pub(crate) Vec<String>);

impl Secrets {
    /// Adds an access key, of which there can be two.
    pub(crate) fn add_access_key(&mut self, key: String) -> Result<(), String> {
        if key.trim().is_empty() || key.contains(';') || key.chars().any(char::is_control) {
            return Err("an access key must be a non-blank line without ';'".to_owned());
        }
        if self.0.len() == 2 {
            return Err("there can be two access keys at most: primary and secondary".to_owned());
        }
        self.0.push(key);
        Ok(())
    }
}

/// A list of at most two keys.
pub(super) fn access_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secrets>, D::Error> {
    let Some(texts) = deserializer.deserialize_any(Texts("accessKeys"))? else {
        return Ok(None);
    };
    if texts.is_empty() {
        return Err(D::Error::custom("accessKeys must have one or two keys"));
    }
    let mut keys = Secrets(Vec::new());
    for key in texts {
        keys.add_access_key(key).map_err(D::Error::custom)?;
    }
    Ok(Some(keys))
}

/// A list of tokens.
pub(super) fn entra_tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secrets>, D::Error> {
    Ok(deserializer.deserialize_any(Texts("entraTokens"))?.map(Secrets))
}

/// A list of texts under this name. Serde's own errors would print a text that is no list, or a number in it.
struct Texts(&'static str);

impl Texts {
    fn wrong<E: Error>(&self) -> E {
        E::custom(format!("{} must be a list of texts: [\"…\"]", self.0))
    }
}

impl<'de> Visitor<'de> for Texts {
    type Value = Option<Vec<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(value) = list.next_element::<serde_json::Value>()? {
            match value {
                serde_json::Value::String(text) => texts.push(text),
                _ => return Err(self.wrong()),
            }
        }
        Ok(Some(texts))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(self.wrong())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(self.wrong())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(self.wrong())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(self.wrong())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(self.wrong())
    }
}
