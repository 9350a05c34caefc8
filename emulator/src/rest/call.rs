//! What every operation has in common: the token, the API version, the names in the path.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::versions;
use crate::auth::{Caller, TokenFault};
use crate::http::{ApiError, Query, bearer, read_body};
use crate::hub::Hub;
use crate::model::names;
use crate::service::Service;

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
        let admitted = parts.extensions.remove::<(Caller, Query)>();
        let (caller, query) =
            admitted.unwrap_or_else(|| (Caller::AccessKey, Query::parse(parts.uri.query())));
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
    let query = Query::parse(request.uri().query());
    let version = query.first("api-version").map(str::to_owned);
    match admit(&service, &request, &query) {
        Ok(caller) => {
            request.extensions_mut().insert((caller, query));
        }
        Err(error) => {
            let _ = read_body(request.into_body()).await;
            return error.into_response();
        }
    }
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

fn admit(service: &Service, request: &Request, query: &Query) -> Result<Caller, ApiError> {
    let caller = verify(service, request.uri(), request.headers())
        .map_err(|fault| ApiError::unauthorized(fault.to_string()))?;
    let template = request.extensions().get::<MatchedPath>();
    versions::check(
        request.method().as_str(),
        template.map_or("", MatchedPath::as_str),
        query,
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
