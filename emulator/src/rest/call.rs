//! What every operation has in common: the token, the API version, the names in the path, the body.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use super::versions;
use crate::auth::{Caller, TokenFault};
use crate::http::{ApiError, Query, bearer};
use crate::hub::Hub;
use crate::model::{MAX_MESSAGE_BYTES, names};
use crate::service::Service;

/// How much of a body that is refused anyway is read, so that the caller gets to see the answer.
const MAX_DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// One call of an operation whose token has been verified.
pub(crate) struct Call {
    pub(super) service: Arc<Service>,
    pub(super) hub_name: String,
    pub(super) hub: Arc<Hub>,
    pub(super) caller: Caller,
    pub(super) query: Query,
    /// The path as it was sent.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    segments: Vec<(&'static str, String)>,
}

impl Call {
    /// The group named in the path.
    pub(super) fn group(&self) -> Result<String, ApiError> {
        Ok(names::group(self.segment("group"))?)
    }

    /// The connection named in the path.
    pub(super) fn connection(&self) -> &str {
        self.segment("connection")
    }

    /// The user named in the path.
    pub(super) fn user(&self) -> &str {
        self.segment("user")
    }

    /// The permission named in the path, not yet checked.
    pub(super) fn permission(&self) -> &str {
        self.segment("permission")
    }

    fn segment(&self, name: &str) -> &str {
        self.segments
            .iter()
            .find(|(found, _)| *found == name)
            .map_or("", |(_, value)| value)
    }
}

impl FromRequestParts<Arc<Service>> for Call {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        // The router's own parameters are fully decoded, which the service's are not.
        let template = parts
            .extensions
            .get::<MatchedPath>()
            .map_or("", MatchedPath::as_str);
        let path = parts.uri.path().to_owned();
        let mut segments = Vec::new();
        for (pattern, raw) in template.split('/').zip(path.split('/')) {
            let name = ["hub", "group", "connection", "user", "permission"]
                .into_iter()
                .find(|name| pattern.strip_prefix('{').and_then(|p| p.strip_suffix('}')) == Some(*name));
            if let Some(name) = name {
                if raw.is_empty() {
                    return Err(ApiError::no_operation(
                        StatusCode::NOT_FOUND,
                        format!("The {name} is empty."),
                    ));
                }
                segments.push((name, names::decode_segment(name, raw)?));
            }
        }
        let hub_name = segments.first().map_or("", |(_, hub)| hub).to_owned();
        let hub = service.hub(&names::hub(&hub_name)?);
        let caller = parts
            .extensions
            .get::<Caller>()
            .copied()
            .unwrap_or(Caller::AccessKey);
        let query = Query::parse(parts.uri.query());
        let headers = parts.headers.clone();
        Ok(Self {
            service: Arc::clone(service),
            hub_name,
            hub,
            caller,
            query,
            path,
            headers,
            segments,
        })
    }
}

/// Lets through only calls with a good token and a known API version, and marks the answers as the service does.
pub(super) async fn guard(State(service): State<Arc<Service>>, mut request: Request, next: Next) -> Response {
    match admit(&service, &request) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
        }
        Err(error) => {
            let _ = read(request.into_body()).await;
            return error.into_response();
        }
    }
    let version = Query::parse(request.uri().query())
        .first("api-version")
        .map(str::to_owned);
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        response = error.in_version(version.as_deref()).into_response();
    }
    if response.status().is_success() || response.status() == StatusCode::NOT_FOUND {
        let versions = HeaderValue::from_str(&versions::supported());
        if let Ok(versions) = versions {
            response.headers_mut().insert("api-supported-versions", versions);
        }
    }
    response
}

fn admit(service: &Service, request: &Request) -> Result<Caller, ApiError> {
    let caller = verify(service, request.uri(), request.headers())
        .map_err(|fault| ApiError::unauthorized(fault.to_string()))?;
    let template = request.extensions().get::<MatchedPath>();
    versions::check(
        request.method().as_str(),
        template.map_or("", MatchedPath::as_str),
        &Query::parse(request.uri().query()),
    )?;
    Ok(caller)
}

/// The token must be meant for the URL requested.
pub(super) fn verify(
    service: &Service,
    uri: &axum::http::Uri,
    headers: &HeaderMap,
) -> Result<Caller, TokenFault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let token = match (values.next(), values.next()) {
        (value, None) => bearer(value),
        _ => return Err(TokenFault::Absent("There is more than one Authorization header.")),
    };
    let token = token.ok_or(TokenFault::Absent(
        "There is no token. Send one as Authorization: Bearer <token>.",
    ))?;
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    service.keys.verify_call(token, &service.urls(headers, target))
}

/// A body of at most 1 MiB.
pub(super) async fn read(body: Body) -> Result<Bytes, ApiError> {
    let mut stream = body.into_data_stream();
    let mut bytes = BytesMut::new();
    let mut length = 0;
    while let Some(chunk) = stream.next().await {
        let chunk =
            chunk.map_err(|_| ApiError::invalid("Content-Length", "The body ended before its end."))?;
        length += chunk.len();
        if length <= MAX_MESSAGE_BYTES {
            bytes.extend_from_slice(&chunk);
        } else if length > MAX_DRAINED_BYTES {
            break;
        }
    }
    match length > MAX_MESSAGE_BYTES {
        true => Err(ApiError::invalid(
            "Content-Length",
            format!("The body is larger than the {MAX_MESSAGE_BYTES} bytes (1 MiB) that a message can have."),
        )),
        false => Ok(bytes.freeze()),
    }
}
