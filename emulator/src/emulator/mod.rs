//! The service in this process: its routes, its life and its end.

mod builder;
mod listener;
mod observe;
mod start;
mod tls;
mod watch;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::control::Control;
use crate::service::Service;
use crate::{client, rest};

pub use builder::Builder;
pub use start::StartError;

/// How long a stop waits for clients, events and requests under way. Clients get their close at once.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

fn router(service: &Arc<Service>) -> Router {
    rest::routes(service)
        .route("/client/hubs/{hub}", any(client::connect))
        .route("/clients/mqtt/hubs/{hub}", any(client::connect_mqtt))
        .route("/client/", any(client::connect_legacy))
        .route("/client", any(client::connect_legacy))
        .route("/clients/socketio/hubs/{hub}", any(client::socket_io))
        .route("/clients/socketio/hubs/{hub}/", any(client::socket_io))
        .layer(from_fn_with_state(Arc::clone(service), observe::observe))
        .with_state(Arc::clone(service))
}

/// A running service. Dropping it stops it without waiting; [`stop`](Self::stop) waits.
pub struct Emulator {
    service: Arc<Service>,
    server: Option<JoinHandle<()>>,
    /// Writes the traffic file.
    traffic: Option<JoinHandle<()>>,
    admin_url: Option<String>,
}

impl fmt::Debug for Emulator {
    /// Prints no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// Options to start with.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The URL for clients, without a trailing slash: the public one, if it is set.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.service.endpoint().to_string()
    }

    /// The service's own URL, also where clients use a public one.
    #[must_use]
    pub fn own_endpoint(&self) -> String {
        self.service.own.to_string()
    }

    /// The connection string, with the primary access key of now: a secret, if a local one.
    #[must_use]
    pub fn connection_string(&self) -> String {
        format!(
            "Endpoint={};AccessKey={};Version=1.0;",
            self.endpoint(),
            self.service.keys.primary()
        )
    }

    /// The URL of the admin API and its page, if there is one.
    #[must_use]
    pub fn admin_url(&self) -> Option<&str> {
        self.admin_url.as_deref()
    }

    /// Looks into the service and steers it: what is there, the traffic, faults, time.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.service))
    }

    /// Closes every client, tells the event handlers, and returns when all is at rest (or after 3 seconds).
    pub async fn stop(mut self) {
        self.begin_stop();
        let Some(mut server) = self.server.take() else {
            return;
        };
        let rest = async {
            self.service.tasks.wait().await;
            let _ = (&mut server).await;
        };
        if timeout(STOP_TIMEOUT, rest).await.is_err() {
            tracing::warn!("some requests were still under way at the stop");
        }
        server.abort();
        self.service.instruments.journal.finish();
        if let Some(traffic) = self.traffic.take() {
            let _ = traffic.await;
        }
    }

    fn begin_stop(&self) {
        self.service.stopping.cancel();
        self.service.close_all_clients();
        self.service.tasks.close();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.begin_stop();
        self.service.instruments.journal.finish();
    }
}
