//! The REST data plane: 25 operations, their parameters, answers and errors.
//!
//! `call` checks what all operations have in common (token, API version, names) and hands each a [`Call`];
//! the rest are the operations, by what they are about.

mod call;
mod close;
mod groups;
mod listing;
mod permissions;
mod presence;
mod send;
mod tokens;
mod versions;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, head, post};

use crate::http::ApiError;
use crate::service::Service;

use call::Call;

/// All operations.
pub(crate) fn routes(service: &Arc<Service>) -> Router<Arc<Service>> {
    Router::new()
        // Verbs of the service are literal segments that begin with a colon.
        .without_v07_checks()
        .route("/api/hubs/{hub}/:addToGroups", post(groups::add_filtered))
        .route("/api/hubs/{hub}/:removeFromGroups", post(groups::remove_filtered))
        .route("/api/hubs/{hub}/:closeConnections", post(close::all))
        .route("/api/hubs/{hub}/:generateToken", post(tokens::generate))
        .route("/api/hubs/{hub}/:send", post(send::to_all))
        .route(
            "/api/hubs/{hub}/connections/{connection}",
            head(presence::connection).delete(close::connection),
        )
        .route(
            "/api/hubs/{hub}/connections/{connection}/:send",
            post(send::to_connection),
        )
        .route(
            "/api/hubs/{hub}/connections/{connection}/groups",
            delete(groups::remove_connection_from_all),
        )
        .route("/api/hubs/{hub}/groups/{group}", head(presence::group))
        .route(
            "/api/hubs/{hub}/groups/{group}/:closeConnections",
            post(close::group),
        )
        .route("/api/hubs/{hub}/groups/{group}/:send", post(send::to_group))
        .route(
            "/api/hubs/{hub}/groups/{group}/connections",
            get(listing::connections),
        )
        .route(
            "/api/hubs/{hub}/groups/{group}/connections/{connection}",
            axum::routing::put(groups::add_connection).delete(groups::remove_connection),
        )
        .route(
            "/api/hubs/{hub}/permissions/{permission}/connections/{connection}",
            head(permissions::check)
                .put(permissions::grant)
                .delete(permissions::revoke),
        )
        .route("/api/hubs/{hub}/users/{user}", head(presence::user))
        .route(
            "/api/hubs/{hub}/users/{user}/:closeConnections",
            post(close::user),
        )
        .route("/api/hubs/{hub}/users/{user}/:send", post(send::to_user))
        .route(
            "/api/hubs/{hub}/users/{user}/groups",
            delete(groups::remove_user_from_all),
        )
        .route(
            "/api/hubs/{hub}/users/{user}/groups/{group}",
            axum::routing::put(groups::add_user).delete(groups::remove_user),
        )
        .route_layer(from_fn_with_state(Arc::clone(service), call::guard))
        .route("/api/health", get(presence::health))
        .fallback(no_path)
        .method_not_allowed_fallback(no_method)
}

async fn no_path(request: Request) -> ApiError {
    let (method, path) = (request.method(), request.uri().path());
    ApiError::no_operation(
        StatusCode::NOT_FOUND,
        format!("There is no operation {method} {path}."),
    )
}

async fn no_method(request: Request) -> ApiError {
    let (method, path) = (request.method(), request.uri().path());
    ApiError::no_operation(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("The path {path} has no method {method}."),
    )
}
