//! Typed JSON from hosts: the few documents that the service and issuers of tokens send.
//!
//! In here: structs for serde, whose members are read as leniently as the core wants them. The host parses: `serde_json`,
//! or `JSON.parse` with `serde-wasm-bindgen`. Not in here: bodies of events (`events/bodies.rs`).

use alloc::{format, string::String, vec::Vec};
use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A value that is read from a JSON object and nothing else: derived structs would also accept a list of their members.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct OfMap<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMap<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        input.deserialize_map(OfMap(PhantomData)).map(Self)
    }
}

/// A string; empty for any other value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Value {
            Text(String),
            Other(IgnoredAny),
        }
        Value::deserialize(input).map(|value| match value {
            Value::Text(text) => Self(text),
            Value::Other(_) => Self::default(),
        })
    }
}

/// A number, which some issuers write as text, as its text; empty for any other value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Number(pub(crate) String);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Value {
            Text(String),
            Number(f64),
            Other(IgnoredAny),
        }
        Value::deserialize(input).map(|value| match value {
            Value::Text(text) => Self(text),
            Value::Number(number) => Self(format!("{number}")),
            Value::Other(_) => Self::default(),
        })
    }
}

/// The body of a response that is an error: the service's own shape, or problem+json.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProblemBody {
    pub(crate) code: Text,
    pub(crate) message: Text,
    pub(crate) title: Text,
    pub(crate) target: Text,
}

/// A page of connections.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageBody {
    pub(crate) value: Vec<Object<ConnectionBody>>,
    #[serde(default)]
    pub(crate) next_link: Text,
}

/// A connection on a page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionBody {
    pub(crate) connection_id: String,
    #[serde(default)]
    pub(crate) user_id: Text,
}

/// A client access token that the service issued.
#[derive(Deserialize)]
pub(crate) struct IssuedBody {
    pub(crate) token: String,
}

/// The response of an issuer of Entra ID tokens, whether it has a token or not.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TokenBody {
    pub(crate) access_token: Text,
    pub(crate) expires_in: Number,
    pub(crate) refresh_in: Number,
    pub(crate) error: Text,
    pub(crate) error_description: Text,
}
