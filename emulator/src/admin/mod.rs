//! The admin API and its page, on a port of their own: [`Control`] by HTTP and JSON, for people and for other languages.
//!
//! `guard` keeps out whatever comes by way of somebody else's web page, `api` has the operations, `stream` the live
//! traffic, `input` reads bodies and queries strictly. The page is three files that are part of the program. The
//! service itself knows nothing of this port.

mod api;
mod guard;
mod input;
mod stream;

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use guard::Guard;

/// What the operations share.
#[derive(Clone)]
struct Admin {
    control: Control,
    stopping: CancellationToken,
}

/// A port of 127.0.0.1 that the admin API can be served at.
pub(crate) struct AdminListener {
    listener: TcpListener,
    port: u16,
}

impl AdminListener {
    /// Takes the port, or any that is free for 0.
    pub(crate) async fn bind(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The URL of the admin API and its page.
    pub(crate) fn url(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }
}

/// Serves the admin API until the service stops.
pub(crate) fn spawn(
    AdminListener { listener, port }: AdminListener,
    control: Control,
    stopping: CancellationToken,
) {
    let guard = Arc::new(Guard::new(port));
    let end = stopping.clone().cancelled_owned();
    let app = router(Admin { control, stopping }).layer(from_fn_with_state(guard, guard::check));
    tokio::spawn(async move {
        // As with the service's own port.
        let _ = axum::serve(listener, app).with_graceful_shutdown(end).await;
    });
}

fn router(admin: Admin) -> Router {
    Router::new()
        .route(
            "/",
            get(page("text/html; charset=utf-8", include_str!("page/page.html"))),
        )
        .route(
            "/page.css",
            get(page("text/css; charset=utf-8", include_str!("page/page.css"))),
        )
        .route(
            "/page.js",
            get(page(
                "text/javascript; charset=utf-8",
                include_str!("page/page.js"),
            )),
        )
        .route("/api", get(api::service))
        .route("/api/hubs", get(api::hubs))
        .route("/api/hubs/{hub}/groups", get(api::groups))
        .route("/api/hubs/{hub}/users", get(api::users))
        .route("/api/hubs/{hub}/connections", get(api::connections))
        .route("/api/hubs/{hub}/send", post(api::send))
        .route("/api/hubs/{hub}/drop", post(api::drop_connections))
        .route(
            "/api/faults",
            get(api::faults).post(api::add_fault).delete(api::clear_faults),
        )
        .route("/api/faults/{id}", delete(api::remove_fault))
        .route("/api/clock", get(api::clock).put(api::set_clock))
        .route("/api/clock/advance", post(api::advance_clock))
        .route("/api/tokens/expire", post(api::expire_tokens))
        .route("/api/reset", post(api::reset))
        .route("/api/traffic", get(api::traffic).delete(api::clear_traffic))
        .route("/api/traffic/stream", get(stream::traffic))
        .fallback(api::no_path)
        .method_not_allowed_fallback(api::no_method)
        .with_state(admin)
}

fn page(content_type: &'static str, text: &'static str) -> impl Fn() -> std::future::Ready<Response> + Clone {
    move || {
        let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-cache")];
        std::future::ready((headers, text).into_response())
    }
}
