//! TLS on both sides: the service with its own certificate, and event handlers over https.

use std::net::IpAddr;

use futures_util::StreamExt as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use webpubsub_emulator::Emulator;

use crate::support::binary::endpoint;
use crate::support::config::Config;
use crate::support::{Client, Folder, KEY, Service, Webhook, in_one_minute, sign, tls};

fn port(endpoint: &str) -> u16 {
    endpoint.rsplit(':').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn it_serves_https_and_wss_with_a_certificate_that_clients_can_trust() {
    let folder = Folder::new();
    let path = folder.path("served.pem");
    let emulator = Emulator::builder()
        .access_key(KEY)
        .unwrap()
        .tls(true)
        .tls_cert_file(&path)
        .start()
        .await
        .unwrap();
    let endpoint = emulator.endpoint();
    assert!(endpoint.starts_with("https://127.0.0.1:"), "{endpoint}");
    assert!(emulator.connection_string().contains(&endpoint));
    let pem = std::fs::read_to_string(&path).unwrap();
    let port = port(&endpoint);

    let url = format!("{endpoint}/api/hubs/chat/users/ann?api-version=2024-12-01");
    let token = sign(KEY, &json!({"aud": url, "exp": in_one_minute()}));
    let target = url.strip_prefix(&endpoint).unwrap();
    let request = format!(
        "HEAD {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    for (name, status) in [("127.0.0.1", "404"), ("localhost", "404")] {
        let mut stream = tls::connect(port, name, &pem).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        let _ = stream.read_to_string(&mut response).await;
        assert_eq!(response.split(' ').nth(1), Some(status), "{response}");
    }
    // Nothing but its own certificate makes it trusted, and for no other name.
    let (_, other) = tls::Listener::bind().await;
    assert!(tls::connect(port, "localhost", &other).await.is_err());
    assert!(tls::connect(port, "elsewhere.example", &pem).await.is_err());

    let audience = format!("{endpoint}/client/hubs/chat");
    let token = sign(KEY, &json!({"aud": audience, "exp": in_one_minute()}));
    let url = format!("wss://127.0.0.1:{port}/client/hubs/chat?access_token={token}");
    let stream = tls::connect(port, "localhost", &pem).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    // A client that does not speak TLS, and one that says nothing, do not get in anybody's way.
    let mut plain = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let _silent = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    assert!(tls::connect(port, "localhost", &pem).await.is_ok());

    emulator.stop().await;
    let last = socket.next().await.unwrap().unwrap();
    assert!(last.is_close(), "{last}");
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn the_certificate_is_for_the_hosts_that_clients_use() {
    let folder = Folder::new();
    let path = folder.path("hosts.pem");
    let host: IpAddr = "127.0.0.2".parse().unwrap();
    let emulator = Emulator::builder()
        .host(host)
        .public_endpoint("https://chat.example")
        .unwrap()
        .tls(true)
        .tls_cert_file(&path)
        .start()
        .await
        .unwrap();
    let pem = std::fs::read_to_string(&path).unwrap();
    let own = emulator.own_endpoint();
    assert!(own.starts_with("https://127.0.0.2:"), "{own}");
    drop(emulator);
    let names = pem_names(&pem);
    for name in ["chat.example", "localhost"] {
        assert!(names.contains(name), "{name}");
    }
}

/// The certificate's bytes as text, in which its names are readable.
fn pem_names(pem: &str) -> String {
    use base64::Engine as _;
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_certificate_that_cannot_be_written_is_an_error() {
    let error = Emulator::builder()
        .tls(true)
        .tls_cert_file("/nowhere/cert.pem")
        .start()
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("cannot write the certificate to /nowhere/cert.pem"),
        "{error}"
    );
}

#[tokio::test]
async fn handlers_over_https_are_called_when_their_certificate_is_trusted() {
    let (mut webhook, pem) = Webhook::over_tls().await;
    let folder = Folder::new();
    let path = folder.path("webhook-ca.pem");
    std::fs::write(&path, pem).unwrap();
    let template = webhook.url("/{event}");
    let service = Service::with(|builder| {
        builder
            .event_handler("chat", &template)
            .unwrap()
            .event_handler_ca_file(&path)
    })
    .await;
    service.json_client(json!({"sub": "ann"})).await;
    assert_eq!(webhook.event("sys.connect").await.target, "/connect");
    assert_eq!(webhook.event("sys.connected").await.header("ce-userid"), "ann");

    let service = Service::with(|builder| {
        builder
            .event_handler("chat", &template)
            .unwrap()
            .event_retry_delays([])
    })
    .await;
    let url = service.client_url("chat", &json!({}));
    let refusal = Client::try_open(&url, None, &[]).await.err().unwrap();
    assert!(
        refusal.status == 500 && refusal.body.contains("cannot be reached"),
        "{refusal:?}"
    );
}

#[cfg(not(target_os = "macos"))]
#[tokio::test]
async fn what_the_system_trusts_is_trusted() {
    let (mut webhook, pem) = Webhook::over_tls().await;
    let config = Config::new(
        "c.toml",
        "port = 0\n[hubs.chat]\nanonymousConnectPolicy = \"allow\"\n",
    );
    let store = config.beside("store.pem");
    std::fs::write(&store, pem).unwrap();
    let handler = format!("chat={}", webhook.url("/{event}"));
    // The variable stands for the system's store, where it has one.
    let variables = [("SSL_CERT_FILE", store.to_str().unwrap())];
    let (_child, line) = config.run(&["--event-handler", &handler], &variables).await;
    let endpoint = endpoint(&line).replacen("http", "ws", 1);
    let _client = Client::open(&format!("{endpoint}/client/hubs/chat"), None).await;
    assert_eq!(webhook.event("sys.connect").await.target, "/connect");
}

#[tokio::test]
async fn a_ca_file_without_certificates_is_an_error() {
    let folder = Folder::new();
    let path = folder.path("no-ca.pem");
    std::fs::write(&path, "nothing\n").unwrap();
    let start = Emulator::builder().event_handler_ca_file(&path).start().await;
    let error = start.err().unwrap().to_string();
    assert!(error.contains("no PEM certificate"), "{error}");
}
