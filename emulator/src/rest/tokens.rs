//! Client access tokens for callers that have no access key, only an Entra identity.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Call;
use crate::auth::{Caller, Claims};
use crate::http::ApiError;
use crate::model::names;
use crate::model::permissions::Permissions;

pub(super) async fn generate(call: Call) -> Result<Response, ApiError> {
    if call.caller != Caller::Entra {
        return Err(ApiError::unauthorized(
            "Only a Microsoft Entra ID token can generate client tokens. With an access key, sign them yourself.",
        ));
    }
    let prefix = match call.query.first("clientType") {
        None => "/client/hubs/",
        Some(client) if client.eq_ignore_ascii_case("default") => "/client/hubs/",
        Some(client) if client.eq_ignore_ascii_case("mqtt") => "/clients/mqtt/hubs/",
        Some(client) => {
            return Err(ApiError::invalid_choice(
                "clientType",
                format!("The value '{client}' is not valid."),
            ));
        }
    };
    let minutes = call
        .query
        .number("minutesToExpire", 1..=i32::MAX as u64)?
        .unwrap_or(60);
    let roles = call.query.all("role");
    Permissions::from_roles(roles.iter().map(String::as_str))
        .map_err(|error| ApiError::invalid("role", error.to_string()))?;
    let groups = call.query.all("group");
    for group in &groups {
        names::group(group)?;
    }

    let now = call.service.instruments.clock.seconds();
    let audience = format!(
        "{}{prefix}{}",
        call.service.endpoint_for(&call.headers),
        call.hub_name
    );
    let mut claims = Claims::new();
    claims.insert("aud".to_owned(), json!(audience));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + minutes * 60));
    if let Some(user) = call.query.first("userId").filter(|user| !user.is_empty()) {
        claims.insert("sub".to_owned(), json!(user));
    }
    for (name, values) in [("role", roles), ("webpubsub.group", groups)] {
        if !values.is_empty() {
            claims.insert(name.to_owned(), json!(values));
        }
    }
    let token = call
        .service
        .keys
        .sign(&claims)
        .map_err(|error| ApiError::invalid("token", error.to_string()))?;
    let body = json!({"token": token}).to_string();
    Ok(([(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response())
}
