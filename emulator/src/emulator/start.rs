//! Starting the service: keys, events, the listener with or without TLS, the admin API, the traffic file, and watching
//! the config file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::distr::{Alphanumeric, SampleString as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::listener::{ResetHandle, Resettable};
use super::tls::{Certificate, TlsListener};
use super::watch::{ConfigFile, Watcher};
use super::{Emulator, router};
use crate::admin::{self, AdminListener};
use crate::auth::Keys;
use crate::config::{Secrets, Settings};
use crate::control::Control;
use crate::events::{Events, HttpSetupError};
use crate::instruments::{Clock, Instruments, Journal, Mask, TrafficFile};
use crate::model::Endpoint;
use crate::service::Service;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Address and port.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The port of the admin API cannot be used.
    #[error("cannot use 127.0.0.1:{port} for the admin API: {source}")]
    Admin {
        /// The port.
        port: u16,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The traffic file cannot be written.
    #[error("cannot write the traffic file {}: {source}", .path.display())]
    TrafficFile {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The traffic cannot be recorded.
    #[error("the traffic cannot be recorded: {0}")]
    Journal(String),
    /// TLS cannot be set up, or its certificate cannot be written.
    #[error("{0}")]
    Tls(String),
    /// Event handlers cannot be called.
    #[error("{0}")]
    EventHandlers(String),
}

impl From<HttpSetupError> for StartError {
    fn from(error: HttpSetupError) -> Self {
        Self::EventHandlers(error.to_string())
    }
}

/// What only a program can set.
pub(super) struct Extras {
    pub(super) keep_alive: Duration,
    pub(super) recovery_window: Duration,
    pub(super) records_traffic: bool,
}

/// Starts with `settings`, which are those of the three sources together; `defaults` are the last of them.
pub(super) async fn start(
    mut settings: Settings,
    own: Settings,
    file: Option<ConfigFile>,
    mut defaults: Settings,
    extras: Extras,
) -> Result<Emulator, StartError> {
    let has_default_key = defaults.access_keys.is_some() && settings.access_keys == defaults.access_keys;
    // Among the defaults, so that it stays the same when the config file is read again.
    let random = Secrets(vec![Alphanumeric.sample_string(&mut rand::rng(), 44)]);
    let default_keys = defaults.access_keys.get_or_insert(random).clone();
    settings.access_keys.get_or_insert(default_keys);

    let host = settings.host.unwrap_or(Ipv4Addr::LOCALHOST.into());
    let address = SocketAddr::from((host, settings.port.unwrap_or_default()));
    let listen = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let named = named_authority(listener.local_addr().map_err(listen)?);
    let is_tls = settings.tls.unwrap_or(false);
    let own_endpoint = Endpoint::listening(is_tls, named);
    let public = settings.public_endpoint.clone();
    let certificate = match is_tls {
        true => Some(certificate(&settings, &own_endpoint, public.as_ref())?),
        false => None,
    };

    let instruments = instruments(&settings, extras.records_traffic)?;
    let traffic = match &settings.traffic_file {
        Some(path) => Some(
            TrafficFile::create(path).map_err(|source| StartError::TrafficFile {
                path: path.clone(),
                source,
            })?,
        ),
        None => None,
    };
    let admin = match settings.admin_port {
        Some(port) => {
            let listener = AdminListener::bind(port).await;
            Some(listener.map_err(|source| StartError::Admin { port, source })?)
        }
        None => None,
    };
    let keys = Arc::new(Keys::new(settings.access(), instruments.clock.clone()));
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    let origin = public.as_ref().unwrap_or(&own_endpoint).authority().to_owned();
    let events = Events::new(
        settings.events(),
        Arc::clone(&keys),
        origin,
        tasks.clone(),
        stopping.clone(),
        instruments.clone(),
    )?;
    let service = Arc::new(Service {
        own: own_endpoint,
        public,
        keys,
        events: Arc::new(events),
        tasks,
        stopping,
        keep_alive: extras.keep_alive,
        recovery_window: extras.recovery_window,
        instruments,
        hubs: Mutex::default(),
    });
    if let Some(file) = file {
        let watcher = Watcher::new(Arc::clone(&service), own, file, defaults, settings);
        tokio::spawn(watcher.run());
    }
    tracing::info!(endpoint = %service.endpoint(), address = %named, "listening");
    if !host.is_loopback() {
        tracing::warn!(%host, "listening beyond loopback: other machines can connect");
        if has_default_key {
            tracing::warn!("other machines can connect with the default access key: set --access-key");
        }
    }
    let server = serve(&service, listener, certificate);
    let traffic = traffic.map(|file| file.follow(Arc::clone(&service.instruments.journal)));
    let admin_url = admin.map(|listener| {
        let url = listener.url();
        tracing::info!(url, "admin API and page");
        let control = Control::new(Arc::clone(&service));
        admin::spawn(listener, control, service.stopping.clone());
        url
    });
    Ok(Emulator {
        service,
        server: Some(server),
        traffic,
        admin_url,
    })
}

/// The journal, if anybody will read it, and no faults yet.
fn instruments(settings: &Settings, records_traffic: bool) -> Result<Instruments, StartError> {
    let is_recording = records_traffic || settings.admin_port.is_some() || settings.traffic_file.is_some();
    let mask = Mask::new(settings.secrets()).map_err(|error| StartError::Journal(error.to_string()))?;
    Ok(Instruments {
        journal: Arc::new(Journal::new(is_recording, mask)),
        faults: Arc::default(),
        clock: Clock::default(),
    })
}

/// Makes the certificate, and writes it where it was asked for.
fn certificate(
    settings: &Settings,
    own: &Endpoint,
    public: Option<&Endpoint>,
) -> Result<Certificate, StartError> {
    let mut hosts = vec![own.host()];
    hosts.extend(public.map(Endpoint::host));
    let certificate = Certificate::self_signed(hosts)
        .map_err(|error| StartError::Tls(format!("no certificate can be made: {error}")))?;
    if let Some(path) = &settings.tls_cert_file {
        std::fs::write(path, &certificate.pem).map_err(|error| {
            let path = path.display();
            StartError::Tls(format!("cannot write the certificate to {path}: {error}"))
        })?;
    }
    Ok(certificate)
}

fn serve(service: &Arc<Service>, listener: TcpListener, certificate: Option<Certificate>) -> JoinHandle<()> {
    let app = router(service).into_make_service_with_connect_info::<ResetHandle>();
    let listener = Resettable(listener);
    let stopping = service.stopping.clone().cancelled_owned();
    tokio::spawn(async move {
        // The listener only fails for good when the process is in trouble; a stop then still works.
        let _ = match certificate {
            None => axum::serve(listener, app).with_graceful_shutdown(stopping).await,
            Some(certificate) => {
                let listener = TlsListener::new(listener, certificate);
                axum::serve(listener, app).with_graceful_shutdown(stopping).await
            }
        };
    })
}

/// The address that programs on this machine connect to: an unspecified one is no destination everywhere.
fn named_authority(local: SocketAddr) -> SocketAddr {
    let ip = match local.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, local.port())
}
