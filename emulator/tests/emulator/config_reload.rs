//! A config file that changes while the service runs.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::support::binary::{client_url, endpoint};
use crate::support::config::Config;
use crate::support::{Client, Webhook, answer, ok, until};

/// A running binary and the log that it writes.
struct Running {
    _child: Child,
    endpoint: String,
    log: Arc<Mutex<String>>,
}

impl Running {
    async fn start(config: &Config) -> Self {
        let (mut child, line) = config.run(&[], &[]).await;
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let writer = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                writer.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self {
            _child: child,
            endpoint: endpoint(&line).to_owned(),
            log,
        }
    }

    /// Waits until the log contains this text this many times.
    async fn logs(&self, text: &str, times: usize) {
        until(&format!("the log contains '{text}'"), async || {
            self.log.lock().unwrap().matches(text).count() >= times
        })
        .await;
    }

    async fn connect(&self, key: &str) -> Result<Client, u16> {
        let url = client_url(&self.endpoint, key, "chat");
        let client = Client::try_open(&url, Some("json.webpubsub.azure.v1"), &[]).await;
        let mut client = client.map_err(|refusal| refusal.status)?;
        client.welcome().await;
        Ok(client)
    }
}

impl Drop for Running {
    /// A failed test prints the log.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.log.lock().unwrap());
        }
    }
}

fn config(key: &str, handler: &str, more: &str) -> String {
    format!(
        "port = 0\naccessKeys = [\"{key}\"]\n{more}\n[[hubs.chat.eventHandlers]]\nurlTemplate = \"{handler}\"\n"
    )
}

async fn event(client: &mut Client, ack_id: u64) -> bool {
    let event = json!({"type": "event", "event": "e", "dataType": "text", "data": "x"});
    client.ask(event, ack_id).await["success"] == true
}

#[tokio::test]
async fn handlers_and_keys_change_at_once_and_clients_stay() {
    let (mut one, mut other) = (Webhook::start(|_| ok()).await, Webhook::start(|_| ok()).await);
    let file = Config::new("c.toml", config("old", &one.url("/"), ""));
    let service = Running::start(&file).await;
    let mut client = service.connect("old").await.unwrap();
    one.event("sys.connect").await;
    one.event("sys.connected").await;
    assert!(event(&mut client, 1).await);
    one.event("user.e").await;

    file.write(config("new", &other.url("/"), ""));
    service.logs("config file read again", 1).await;
    assert!(event(&mut client, 2).await);
    let received = other.event("user.e").await;
    // The numbers of a connection's events go on.
    assert_eq!(received.header("ce-id"), "3");
    assert_eq!(service.connect("old").await.err(), Some(401));
    let mut another = service.connect("new").await.unwrap();
    other.event("sys.connect").await;
    other.event("sys.connected").await;
    another.close().await;
    client.close().await;
    for _ in 0..2 {
        other.event("sys.disconnected").await;
    }
    assert!(one.is_silent());
}

#[tokio::test]
async fn retry_delays_change_at_once() {
    let failing = Webhook::start(|request| match request.event() {
        "user.e" => answer(500, "text/plain", ""),
        _ => ok(),
    })
    .await;
    let url = failing.url("/");
    // Whoever had to wait as the first file says would wait for an hour.
    let file = Config::new("c.toml", config("k", &url, "eventRetryDelaysInMs = [3600000]"));
    let service = Running::start(&file).await;
    let mut client = service.connect("k").await.unwrap();
    file.write(config("k", &url, "eventRetryDelaysInMs = [0]"));
    service.logs("config file read again", 1).await;
    assert!(!event(&mut client, 1).await);
    service.logs("event not accepted", 2).await;
}

#[tokio::test]
async fn a_malformed_file_keeps_the_old_settings_and_says_why() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let good = config("k", &webhook.url("/"), "");
    let file = Config::new("c.toml", &good);
    let service = Running::start(&file).await;
    file.write(format!("prot = 1\n{good}"));
    service.logs("did you mean `port`?", 1).await;
    service.logs("the old settings stay", 1).await;
    let mut client = service.connect("k").await.unwrap();
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;

    // So does one whose files are missing, or that is gone itself.
    file.write(config(
        "new",
        &webhook.url("/"),
        "eventHandlerCaFile = \"missing.pem\"",
    ));
    service.logs("missing.pem cannot be read", 1).await;
    std::fs::remove_file(file.path()).unwrap();
    service.logs("cannot read the config file", 1).await;
    assert!(event(&mut client, 1).await);
    webhook.event("user.e").await;
    assert_eq!(service.connect("new").await.err(), Some(401));

    file.write(config("new", &webhook.url("/"), ""));
    service.logs("config file read again", 1).await;
    assert!(service.connect("new").await.is_ok());
}

#[tokio::test]
async fn keys_of_before_and_after_are_masked_in_the_traffic() {
    let webhook = Webhook::start(|_| ok()).await;
    let traffic = "trafficFile = \"traffic.jsonl\"";
    let text = |key| config(key, &webhook.url("/"), traffic);
    let file = Config::new("c.toml", text("the-first-key"));
    let service = Running::start(&file).await;
    file.write(text("the-second-key"));
    service.logs("config file read again", 1).await;
    let mut client = service.connect("the-second-key").await.unwrap();
    let data = "the-first-key and the-second-key";
    let event = json!({"type": "event", "event": "e", "dataType": "text", "data": data, "ackId": 1});
    client.send_json(event).await;
    let path = file.beside("traffic.jsonl");
    until("the file has masked keys", async || {
        std::fs::read_to_string(&path).is_ok_and(|text| text.contains("*** and ***"))
    })
    .await;
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(
        !written.contains("the-first") && !written.contains("the-second"),
        "{written}"
    );
}

#[tokio::test]
async fn what_cannot_change_is_said_in_the_log() {
    let webhook = Webhook::start(|_| ok()).await;
    let file = Config::new("c.toml", config("k", &webhook.url("/"), ""));
    let service = Running::start(&file).await;
    file.write(config(
        "new",
        &webhook.url("/"),
        "tls = true\nadminPort = 1\npublicEndpoint = \"https://x.example\"",
    ));
    for setting in ["tls", "publicEndpoint", "adminPort"] {
        service
            .logs(
                &format!("this setting changes only at the next start setting=\"{setting}\""),
                1,
            )
            .await;
    }
    // The rest has changed.
    assert!(service.connect("new").await.is_ok());
    assert!(!service.log.lock().unwrap().contains("setting=\"port\""));
}
