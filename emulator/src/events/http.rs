//! Calling event handlers over HTTP and HTTPS: one pool of connections, the certificates to trust, timeouts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody as Body;
use axum::http::{Request, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout_at};

use super::delivery::EventFailure;

/// How long a connection to a handler is kept for the next event: less than servers keep theirs (workerd 5 s), so
/// that no event meets one that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// The largest answer that is read: 16 MiB.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Why handlers cannot be called at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpSetupError {
    #[error("the CA file {} cannot be read: {reason}", .path.display())]
    CaFile { path: PathBuf, reason: String },
    #[error("TLS cannot be used: {0}")]
    Tls(#[from] rustls::Error),
}

/// An HTTP client without proxies and redirects.
pub(super) struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Http {
    /// Reads the certificates of the system only where TLS is needed: there are many.
    pub(super) fn new(ca_file: Option<&Path>, needs_tls: bool) -> Result<Self, HttpSetupError> {
        let roots = match needs_tls || ca_file.is_some() {
            true => roots(ca_file)?,
            false => RootCertStore::empty(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEEP_ALIVE)
            .build(connector);
        Ok(Self(client))
    }

    /// Sends a request and reads the answer. Of an answer that does not say success the body is empty when it is too
    /// large or does not come in time.
    pub(super) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, EventFailure> {
        let deadline = Instant::now() + timeout;
        let late = |_| EventFailure::Unreachable(format!("no answer within {timeout:?}"));
        let response = timeout_at(deadline, self.0.request(request))
            .await
            .map_err(late)?
            .map_err(|error| EventFailure::unreachable(&error))?;
        let (head, body) = response.into_parts();
        let body = timeout_at(deadline, read(body)).await.map_err(late);
        let body = body.and_then(|body| body);
        let body = match head.status.is_success() {
            true => body?,
            false => body.unwrap_or_default(),
        };
        Ok(Response::from_parts(head, body))
    }
}

async fn read(
    mut body: impl Body<Data = Bytes, Error: std::error::Error + 'static> + Unpin,
) -> Result<Bytes, EventFailure> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| EventFailure::unreachable(&error))?;
        if let Ok(chunk) = frame.into_data() {
            bytes.extend_from_slice(&chunk);
        }
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(EventFailure::Answer(format!(
                "it is larger than {MAX_ANSWER_BYTES} bytes."
            )));
        }
    }
    Ok(bytes.freeze())
}

/// Public certificates, what the system trusts, and what the file has.
fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, HttpSetupError> {
    let mut roots = RootCertStore::empty();
    // The system may have none: a container that is nothing but the emulator.
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    add_system_roots(&mut roots);
    let Some(path) = ca_file else { return Ok(roots) };
    let failed = |reason: String| HttpSetupError::CaFile {
        path: path.to_owned(),
        reason,
    };
    let before = roots.len();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| failed(error.to_string()))?;
    }
    match roots.len() > before {
        true => Ok(roots),
        false => Err(failed(
            "it has no PEM certificate (-----BEGIN CERTIFICATE-----)".to_owned(),
        )),
    }
}

#[cfg(not(target_os = "macos"))]
fn add_system_roots(roots: &mut RootCertStore) {
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::debug!(%error, "some certificates of the system cannot be read");
    }
    // Stores hold certificates that no TLS library takes; those are left out.
    roots.add_parsable_certificates(system.certs);
}

#[cfg(target_os = "macos")]
fn add_system_roots(_: &mut RootCertStore) {}
