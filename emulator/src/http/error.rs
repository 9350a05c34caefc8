//! What a refused request gets: the service's status codes and its error bodies.
//!
//! The service has two JSON shapes. "Not found" and authorization answers are plain error details;
//! validation answers are `application/problem+json`. Both repeat their code in `x-ms-error-code`.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde_json::json;

use crate::model::names::InvalidName;

/// The content types of refusals.
const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json; charset=utf-8";

/// A refusal on its way to the caller.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: String,
    message: String,
    target: String,
    /// The content type of a validation answer; `None` for plain details.
    problem: Option<&'static str>,
    /// The name of the last member of plain details.
    inner: &'static str,
}

/// What a "not found" answer is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Missing {
    Connection,
    User,
    Group,
    Permission,
}

/// The severity that the service puts before a `NotExisted` code; it differs by operation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Severity {
    Error,
    Warning,
    Info,
}

impl ApiError {
    /// 404 for a connection, user, group or permission that is not there.
    pub(crate) fn missing(severity: Severity, what: Missing, name: &str) -> Self {
        let kind = match what {
            Missing::Connection => "Connection",
            Missing::User => "User",
            Missing::Group => "Group",
            Missing::Permission => "Permission",
        };
        Self {
            status: StatusCode::NOT_FOUND,
            code: format!("{severity:?}.{kind}.NotExisted"),
            message: format!("{kind} `{name}` is not found."),
            target: kind.to_owned(),
            problem: None,
            inner: "inner",
        }
    }

    /// The same in an answer to a call of the API version 2022-11-01, which names the last member otherwise.
    pub(crate) fn in_version(self, version: Option<&str>) -> Self {
        let inner = match version {
            Some("2022-11-01") => "innererror",
            _ => self.inner,
        };
        Self { inner, ..self }
    }

    /// 400 for one bad parameter, in the shape of a validation answer.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::problem(StatusCode::BAD_REQUEST, "Error.BadRequest", field, message)
    }

    /// 400 for one value of a parameter that has a list of them: the same body, but plainly JSON.
    pub(crate) fn invalid_choice(field: &str, message: impl Into<String>) -> Self {
        Self {
            problem: Some(JSON),
            ..Self::invalid(field, message)
        }
    }

    /// 415 for a content type that a send does not take.
    pub(crate) fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Error.UnsupportedMediaType",
            "Content-Type",
            message,
        )
    }

    /// 409 when a connection would hold more grants than the service keeps.
    pub(crate) fn too_many_grants(message: impl Into<String>) -> Self {
        Self::detail(
            StatusCode::CONFLICT,
            "Error.Permission.TooMany",
            "targetName",
            message,
        )
    }

    /// 401, saying which check the token failed.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::detail(
            StatusCode::UNAUTHORIZED,
            "Error.Unauthorized",
            "Authorization",
            message,
        )
    }

    /// Any other status on a client's connect, with the reason in words.
    pub(crate) fn refused(status: StatusCode, message: impl Into<String>) -> Self {
        Self::detail(status, "Error.Connect.Refused", "connect", message)
    }

    /// 404 for a path, 405 for a method, that no operation has.
    pub(crate) fn no_operation(status: StatusCode, message: impl Into<String>) -> Self {
        Self::detail(status, "Error.Operation.NotExisted", "path", message)
    }

    /// Any status that was asked for to try a caller with.
    pub(crate) fn fault(status: StatusCode, message: impl Into<String>) -> Self {
        Self::detail(status, "Error.Fault", "fault", message)
    }

    /// What is wrong, in words.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    fn detail(status: StatusCode, code: &str, target: &str, message: impl Into<String>) -> Self {
        let (code, target, message) = (code.to_owned(), target.to_owned(), message.into());
        Self {
            status,
            code,
            message,
            target,
            problem: None,
            inner: "inner",
        }
    }

    fn problem(status: StatusCode, code: &str, target: &str, message: impl Into<String>) -> Self {
        Self {
            problem: Some(PROBLEM),
            ..Self::detail(status, code, target, message)
        }
    }

    fn body(&self) -> serde_json::Value {
        let Self {
            status,
            code,
            message,
            target,
            problem,
            inner,
        } = self;
        if problem.is_none() {
            return json!({"code": code, "message": message, "target": target, "details": null, *inner: null});
        }
        let title = match *status {
            StatusCode::BAD_REQUEST => "One or more validation errors occurred.",
            other => other.canonical_reason().unwrap_or_default(),
        };
        json!({
            "code": code, "message": message, "target": target, "errors": {target: [message]},
            "type": null, "title": title, "status": status.as_u16(), "detail": null, "instance": null,
            "extensions": {},
        })
    }
}

impl From<InvalidName> for ApiError {
    fn from(error: InvalidName) -> Self {
        Self::invalid(error.field, error.to_string())
    }
}

impl IntoResponse for ApiError {
    /// The body is always there; for HEAD the server drops it but keeps the length, as the service does.
    fn into_response(self) -> Response<Body> {
        let body = self.body().to_string();
        let content_type = self.problem.unwrap_or(JSON);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        if let Ok(code) = HeaderValue::from_str(&self.code) {
            headers.insert("x-ms-error-code", code);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        *response.body_mut() = Body::from(body);
        response.extensions_mut().insert(self);
        response
    }
}
