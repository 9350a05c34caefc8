//! Reading bodies and queries strictly: what is not known is an error that names what was probably meant.

use axum::body::{Body, to_bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor, value};
use serde::forward_to_deserialize_any;
use serde_json::json;

use crate::control::ControlError;
use crate::http::Query;

/// How large a body may be: a message of 1 MiB in base64, and something around it.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// How similar (0 to 1) a known name must be to be what was meant.
const SIMILAR: f64 = 0.6;

/// A refusal.
#[derive(Debug)]
pub(super) struct AdminError {
    status: StatusCode,
    message: String,
}

impl AdminError {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl From<ControlError> for AdminError {
    fn from(error: ControlError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl IntoResponse for AdminError {
    fn into_response(self) -> Response {
        let body = json!({"error": self.message}).to_string();
        let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
        (self.status, headers, body).into_response()
    }
}

/// A JSON object with the members of `T` and no others.
pub(super) async fn object<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, AdminError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mime = content_type.and_then(|text| text.parse::<mime::Mime>().ok());
    if mime.is_none_or(|mime| mime.essence_str() != "application/json") {
        return Err(AdminError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The content type must be application/json.",
        ));
    }
    let bytes = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| {
        AdminError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The body must be complete and have at most {MAX_BODY_BYTES} bytes."),
        )
    })?;
    if let Ok(serde_json::Value::Object(given)) = serde_json::from_slice(&bytes) {
        let known = members::<T>();
        if let Some(name) = given.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(AdminError::invalid(unknown("member", name, known)));
        }
    }
    serde_json::from_slice(&bytes)
        .map_err(|error| AdminError::invalid(format!("The body cannot be read: {error}.")))
}

/// A query with these parameters at most, each at most once unless it is in `repeated`.
pub(super) fn query(raw: Option<&str>, known: &[&str], repeated: &[&str]) -> Result<Query, AdminError> {
    let query = Query::parse(raw);
    let mut seen = Vec::new();
    for (name, _) in query.iter() {
        if !known.contains(&name) && !repeated.contains(&name) {
            let all: Vec<&str> = known.iter().chain(repeated).copied().collect();
            return Err(AdminError::invalid(unknown("parameter", name, &all)));
        }
        if seen.contains(&name) && !repeated.contains(&name) {
            return Err(AdminError::invalid(format!(
                "The parameter '{name}' is given twice."
            )));
        }
        seen.push(name);
    }
    Ok(query)
}

/// A whole number in a query.
pub(super) fn number(query: &Query, name: &str, max: u64) -> Result<Option<u64>, AdminError> {
    let Some(text) = query.first(name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| *number <= max);
    let refuse = || {
        AdminError::invalid(format!(
            "The parameter '{name}' must be a whole number up to {max}."
        ))
    };
    number.map(Some).ok_or_else(refuse)
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let by_similarity = known.iter().map(|known| {
        (
            strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase()),
            known,
        )
    });
    let nearest = by_similarity
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(similarity, _)| *similarity >= SIMILAR);
    match nearest {
        Some((_, nearest)) => format!("There is no {what} '{name}'. Did you mean '{nearest}'?"),
        None if known.is_empty() => format!("There is no {what} '{name}': none is known here."),
        None => format!("There is no {what} '{name}'. Known are {}.", known.join(", ")),
    }
}

/// The names of the members of a struct, as it tells a deserializer.
fn members<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut asked = Members(&[]);
    let _ = T::deserialize(&mut asked);
    asked.0
}

/// A deserializer that has nothing to give and only listens.
struct Members(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Members {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, value::Error> {
        Err(value::Error::custom("nothing is here"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
