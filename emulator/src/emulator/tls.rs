//! TLS in front of the routes: a self-signed certificate, and a listener whose handshakes do not wait for each other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::serve::Listener;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::listener::{Resettable, Socket};

/// The names and addresses that the certificate is always for.
const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Browsers take no certificate that is valid for much longer than a year.
const VALID_DAYS: u32 = 365;
/// How long a client may take for its handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many connections may wait to be accepted after their handshake.
const BACKLOG: usize = 64;

/// A certificate with its key.
pub(super) struct Certificate {
    pub(super) pem: String,
    config: Arc<ServerConfig>,
}

impl Certificate {
    /// For this machine's own names, and these hosts.
    pub(super) fn self_signed(hosts: Vec<String>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut names: Vec<String> = LOCAL_HOSTS.map(str::to_owned).into();
        names.extend(hosts);
        names.sort_unstable();
        names.dedup();
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "webpubsub-emulator");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let now = SystemTime::now();
        params.not_before = (now - A_DAY).into();
        params.not_after = (now + A_DAY * VALID_DAYS).into();
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            pem: certificate.pem(),
            config: Arc::new(config),
        })
    }
}

/// Accepts TLS connections.
pub(super) struct TlsListener {
    local: std::io::Result<SocketAddr>,
    ready: Receiver<(TlsStream<Socket>, SocketAddr)>,
}

impl TlsListener {
    pub(super) fn new(listener: Resettable, certificate: Certificate) -> Self {
        let (sender, ready) = channel(BACKLOG);
        let local = Listener::local_addr(&listener);
        tokio::spawn(accept_all(
            listener,
            TlsAcceptor::from(certificate.config),
            sender,
        ));
        Self { local, ready }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<Socket>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The accepting task ends only after this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        match &self.local {
            Ok(address) => Ok(*address),
            Err(error) => Err(std::io::Error::new(error.kind(), error.to_string())),
        }
    }
}

/// Accepts until nobody takes the connections any more.
async fn accept_all(
    mut listener: Resettable,
    acceptor: TlsAcceptor,
    sender: Sender<(TlsStream<Socket>, SocketAddr)>,
) {
    loop {
        let (stream, peer) = tokio::select! {
            // The trait's way of accepting waits when files run out, instead of failing.
            accepted = Listener::accept(&mut listener) => accepted,
            () = sender.closed() => return,
        };
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => {
                    let _ = sender.send((stream, peer)).await;
                }
                Ok(Err(error)) => tracing::warn!(
                    %peer,
                    %error,
                    "TLS handshake failed: is the client's URL http:// instead of https://, or does it not trust the \
                     certificate?"
                ),
                Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
            }
        });
    }
}
