//! The operations.

use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::{JoinError, spawn_blocking};

use super::Admin;
use super::input::{AdminError, number, object, query};
use crate::control::{CloseFrame, Fault, Kind, MAX_LIST, To, TrafficFilter};
use crate::http::Query;

type Outcome = Result<Response, AdminError>;

/// The parameters by which traffic is filtered, besides `kind`, which may be repeated.
pub(super) const FILTERS: [&str; 4] = ["hub", "connection", "user", "text"];

fn json(status: StatusCode, value: &impl Serialize) -> Outcome {
    let body = serde_json::to_string(value).map_err(|error| AdminError::invalid(error.to_string()))?;
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    Ok((status, headers, body).into_response())
}

fn ok(value: &impl Serialize) -> Outcome {
    json(StatusCode::OK, value)
}

pub(super) async fn service(State(admin): State<Admin>) -> Outcome {
    ok(&json!({
        "endpoint": admin.control.endpoint(),
        "version": env!("CARGO_PKG_VERSION"),
        "lastRecord": admin.control.last_record(),
    }))
}

pub(super) async fn hubs(State(admin): State<Admin>) -> Outcome {
    let hubs = admin.control.hubs();
    ok(&json!({"total": hubs.len(), "items": hubs}))
}

pub(super) async fn groups(
    State(admin): State<Admin>,
    Path(hub): Path<String>,
    RawQuery(raw): RawQuery,
) -> Outcome {
    let query = query(raw.as_deref(), &["limit"], &[])?;
    ok(&admin.control.groups(&hub, limit(&query)?)?)
}

pub(super) async fn users(
    State(admin): State<Admin>,
    Path(hub): Path<String>,
    RawQuery(raw): RawQuery,
) -> Outcome {
    let query = query(raw.as_deref(), &["limit"], &[])?;
    ok(&admin.control.users(&hub, limit(&query)?)?)
}

pub(super) async fn connections(
    State(admin): State<Admin>,
    Path(hub): Path<String>,
    RawQuery(raw): RawQuery,
) -> Outcome {
    let query = query(raw.as_deref(), &["limit", "group", "user", "connection"], &[])?;
    let given = |name| query.first(name).map(str::to_owned);
    let of = to(given("group"), given("user"), given("connection"))?;
    ok(&admin.control.connections(&hub, &of, limit(&query)?)?)
}

fn limit(query: &Query) -> Result<usize, AdminError> {
    let limit = number(query, "limit", MAX_LIST as u64)?;
    Ok(limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(100))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Send {
    group: Option<String>,
    user: Option<String>,
    connection: Option<String>,
    #[serde(default)]
    data_type: DataType,
    data: Value,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
enum DataType {
    #[default]
    Json,
    Text,
    Binary,
}

pub(super) async fn send(
    State(admin): State<Admin>,
    Path(hub): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Outcome {
    let message: Send = object(&headers, body).await?;
    let to = to(message.group, message.user, message.connection)?;
    let text = || message.data.as_str();
    let connections = match message.data_type {
        DataType::Json => admin.control.send_json(&hub, &to, &message.data)?,
        DataType::Text => {
            let text = text()
                .ok_or_else(|| AdminError::invalid("'data' must be a string for the dataType text."))?;
            admin.control.send_text(&hub, &to, text)?
        }
        DataType::Binary => {
            let bytes = text().and_then(|text| STANDARD.decode(text).ok());
            let refuse = || AdminError::invalid("'data' must be a string in base64 for the dataType binary.");
            admin.control.send_binary(&hub, &to, bytes.ok_or_else(refuse)?)?
        }
    };
    ok(&json!({"connections": connections}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Drop {
    group: Option<String>,
    user: Option<String>,
    connection: Option<String>,
    code: Option<u16>,
    reason: Option<String>,
}

pub(super) async fn drop_connections(
    State(admin): State<Admin>,
    Path(hub): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Outcome {
    let Drop {
        group,
        user,
        connection,
        code,
        reason,
    } = object(&headers, body).await?;
    let close = match (code, reason) {
        (None, None) => None,
        (None, Some(_)) => {
            return Err(AdminError::invalid(
                "A 'reason' needs a 'code': it is in the close frame.",
            ));
        }
        (Some(code), reason) => Some(CloseFrame {
            code,
            reason: reason.unwrap_or_default(),
        }),
    };
    let to = to(group, user, connection)?;
    let connections = admin.control.drop_connections(&hub, &to, close.as_ref())?;
    ok(&json!({"connections": connections}))
}

fn to(group: Option<String>, user: Option<String>, connection: Option<String>) -> Result<To, AdminError> {
    match (group, user, connection) {
        (None, None, None) => Ok(To::All),
        (Some(group), None, None) => Ok(To::Group(group)),
        (None, Some(user), None) => Ok(To::User(user)),
        (None, None, Some(id)) => Ok(To::Connection(id)),
        _ => Err(AdminError::invalid(
            "Give one of 'group', 'user' and 'connection', or none for all.",
        )),
    }
}

pub(super) async fn faults(State(admin): State<Admin>) -> Outcome {
    let faults = admin.control.faults();
    ok(&json!({"total": faults.len(), "items": faults}))
}

pub(super) async fn add_fault(State(admin): State<Admin>, headers: HeaderMap, body: Body) -> Outcome {
    let fault: Fault = object(&headers, body).await?;
    let id = admin.control.add_fault(fault)?;
    json(StatusCode::CREATED, &json!({"id": id}))
}

pub(super) async fn clear_faults(State(admin): State<Admin>) -> StatusCode {
    admin.control.clear_faults();
    StatusCode::NO_CONTENT
}

pub(super) async fn remove_fault(State(admin): State<Admin>, Path(id): Path<String>) -> Outcome {
    let is_there = id.parse().is_ok_and(|id| admin.control.remove_fault(id));
    match is_there {
        true => Ok(StatusCode::NO_CONTENT.into_response()),
        false => Err(AdminError::new(
            StatusCode::NOT_FOUND,
            format!("There is no fault {id}: it was removed, or has struck as often as it should."),
        )),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Offset {
    offset_ms: i64,
}

pub(super) async fn clock(State(admin): State<Admin>) -> Outcome {
    let Admin { control, .. } = admin;
    ok(&json!({"time": control.time(), "offsetMs": control.clock_offset_ms()}))
}

pub(super) async fn set_clock(State(admin): State<Admin>, headers: HeaderMap, body: Body) -> Outcome {
    let Offset { offset_ms } = object(&headers, body).await?;
    admin.control.set_clock_offset_ms(offset_ms)?;
    clock(State(admin)).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    by_ms: i64,
}

pub(super) async fn advance_clock(State(admin): State<Admin>, headers: HeaderMap, body: Body) -> Outcome {
    let Advance { by_ms } = object(&headers, body).await?;
    admin.control.advance_clock_ms(by_ms)?;
    clock(State(admin)).await
}

pub(super) async fn expire_tokens(State(admin): State<Admin>) -> StatusCode {
    admin.control.expire_tokens().await;
    StatusCode::NO_CONTENT
}

pub(super) async fn reset(State(admin): State<Admin>) -> StatusCode {
    admin.control.reset();
    StatusCode::NO_CONTENT
}

pub(super) async fn traffic(State(admin): State<Admin>, RawQuery(raw): RawQuery) -> Outcome {
    let query = query(raw.as_deref(), &FILTERS, &["kind"])?;
    let filter = filter(&query)?;
    // Up to 10,000 records are masked and written: not where the service's own work is done.
    let response = spawn_blocking(move || {
        let records = admin.control.traffic(&filter);
        ok(&json!({"total": records.len(), "items": records}))
    });
    let fail = |error: JoinError| AdminError::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    response.await.map_err(fail)?
}

/// The filter that a query describes.
pub(super) fn filter(query: &Query) -> Result<TrafficFilter, AdminError> {
    let mut filter = TrafficFilter::new();
    for kind in query.all("kind") {
        let kind: Kind = serde_json::from_value(Value::String(kind))
            .map_err(|error| AdminError::invalid(format!("The kind is not valid: {error}.")))?;
        filter = filter.kind(kind);
    }
    let given = |name| query.first(name).filter(|value| !value.is_empty());
    if let Some(hub) = given("hub") {
        filter = filter.hub(hub);
    }
    if let Some(connection) = given("connection") {
        filter = filter.connection(connection);
    }
    if let Some(user) = given("user") {
        filter = filter.user(user);
    }
    if let Some(text) = given("text") {
        filter = filter.text(text);
    }
    Ok(filter)
}

pub(super) async fn clear_traffic(State(admin): State<Admin>) -> StatusCode {
    admin.control.clear_traffic();
    StatusCode::NO_CONTENT
}

pub(super) async fn no_path(request: Request) -> AdminError {
    let path = request.uri().path();
    AdminError::new(
        StatusCode::NOT_FOUND,
        format!("The admin API has no path {path}."),
    )
}

pub(super) async fn no_method(request: Request) -> AdminError {
    let (method, path) = (request.method(), request.uri().path());
    let message = format!("The path {path} of the admin API has no method {method}.");
    AdminError::new(StatusCode::METHOD_NOT_ALLOWED, message)
}
