//! The config file: what it says, what counts before it, and how its faults are explained.

use serde_json::json;

use crate::support::binary::{access_key, client_url, endpoint};
use crate::support::config::Config;
use crate::support::{Client, Webhook, ok};

async fn connect(endpoint: &str, key: &str, hub: &str) -> Result<Client, u16> {
    Client::try_open(&client_url(endpoint, key, hub), None, &[])
        .await
        .map_err(|refusal| refusal.status)
}

#[tokio::test]
async fn toml_and_json_have_one_schema() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let url = webhook.url("/{hub}/{event}");
    let toml = format!(
        r#"
        host = "127.0.0.2"
        port = 0
        accessKeys = ["primary", "secondary"]
        entraTokens = ["opaque"]
        eventTimeoutInMs = 5000
        eventRetryDelaysInMs = [0, 0]
        tls = false
        adminPort = 0

        [hubs.Chat]
        anonymousConnectPolicy = "deny"
        [[hubs.Chat.eventHandlers]]
        urlTemplate = "{url}"
        userEventPattern = "*"
        systemEvents = ["connect", "disconnected"]
        groupPresenceEvents = {{ eventNames = ["joined"] }}
        "#
    );
    let json = json!({
        "host": "127.0.0.2", "port": 0, "accessKeys": ["primary", "secondary"], "entraTokens": ["opaque"],
        "eventTimeoutInMs": 5000, "eventRetryDelaysInMs": [0, 0], "publicEndpoint": null, "tls": false, "adminPort": 0,
        "hubs": {"Chat": {"anonymousConnectPolicy": "deny", "eventHandlers": [{
            "urlTemplate": url, "userEventPattern": "*", "systemEvents": ["connect", "disconnected"],
            "groupPresenceEvents": {"eventNames": ["joined"]},
        }]}},
    });
    for (name, text) in [("config.toml", toml), ("config.json", json.to_string())] {
        let emulator = Config::new(name, &text).read().unwrap().start().await.unwrap();
        let endpoint = emulator.endpoint();
        assert!(endpoint.starts_with("http://127.0.0.2:"), "{name}: {endpoint}");
        assert_eq!(access_key(&emulator.connection_string()), "primary");
        connect(&endpoint, "secondary", "chat")
            .await
            .unwrap()
            .close()
            .await;
        assert_eq!(webhook.event("sys.connect").await.target, "/chat/connect");
        webhook.event("sys.disconnected").await;
    }
}

#[tokio::test]
async fn options_count_before_variables_and_variables_before_the_file() {
    let config = Config::new(
        "c.toml",
        "port = 1\naccessKeys = [\"file\"]\nhost = \"127.0.0.2\"\n",
    );
    let variables = [
        ("WEBPUBSUB_EMULATOR_PORT", "0"),
        ("WEBPUBSUB_EMULATOR_ACCESS_KEY", "variable;other"),
    ];
    let (_child, line) = config.run(&["--access-key", "option"], &variables).await;
    assert_eq!(access_key(&line), "option");
    let own = endpoint(&line);
    assert!(
        own.starts_with("http://127.0.0.2:") && !own.ends_with(":1"),
        "{line}"
    );
    assert_eq!(connect(own, "other", "chat").await.err(), Some(401));

    let (_child, line) = config.run(&[], &variables).await;
    assert_eq!(access_key(&line), "variable");
    assert!(connect(endpoint(&line), "other", "chat").await.is_ok());
    let (_child, line) = config.run(&["--port", "0"], &[]).await;
    assert_eq!(access_key(&line), "file");
}

#[tokio::test]
async fn everything_can_be_said_by_variables() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let config = Config::new("c.json", "{}");
    let certificate = config.beside("cert.pem");
    let handlers = format!(
        "news={} systemEvents=disconnected;*={} systemEvents=connect;",
        webhook.url("/news"),
        webhook.url("/any")
    );
    let variables = [
        ("WEBPUBSUB_EMULATOR_HOST", "127.0.0.2"),
        ("WEBPUBSUB_EMULATOR_PORT", "0"),
        ("WEBPUBSUB_EMULATOR_PUBLIC_ENDPOINT", "https://x.example"),
        ("WEBPUBSUB_EMULATOR_EVENT_HANDLER", &handlers),
        ("WEBPUBSUB_EMULATOR_EVENT_RETRY_DELAYS_IN_MS", "0,0"),
        ("WEBPUBSUB_EMULATOR_EVENT_TIMEOUT_IN_MS", "1000"),
        ("WEBPUBSUB_EMULATOR_ANONYMOUS_CONNECT", "chat;news"),
        ("WEBPUBSUB_EMULATOR_ENTRA_TOKEN", "a;b"),
        ("WEBPUBSUB_EMULATOR_TLS", "no"),
        ("WEBPUBSUB_EMULATOR_TLS_CERT_FILE", certificate.to_str().unwrap()),
        ("WEBPUBSUB_EMULATOR_LOG", "error"),
    ];
    let (_child, line) = config.run(&[], &variables).await;
    assert_eq!(endpoint(&line), "https://x.example");
    assert!(!certificate.exists() && webhook.is_silent());
}

#[tokio::test]
async fn handlers_of_a_hub_come_from_one_source() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let text = format!(
        "accessKeys = [\"k\"]\n[[hubs.chat.eventHandlers]]\nurlTemplate = \"{0}\"\n[[hubs.news.eventHandlers]]\nurlTemplate = \"{0}\"\n",
        webhook.url("/file/{hub}")
    );
    let emulator = Config::new("c.toml", &text)
        .read()
        .unwrap()
        .event_handler("chat", &webhook.url("/own"))
        .unwrap()
        .start()
        .await
        .unwrap();
    let mut clients = Vec::new();
    for (hub, target) in [("chat", "/own"), ("news", "/file/news")] {
        clients.push(connect(&emulator.endpoint(), "k", hub).await.unwrap());
        assert_eq!(webhook.event("sys.connect").await.target, target);
        webhook.event("sys.connected").await;
    }
}

#[tokio::test]
async fn paths_start_at_the_files_folder() {
    let config = Config::new("c.toml", "tls = true\ntlsCertFile = \"made.pem\"\n");
    let emulator = config.read().unwrap().start().await.unwrap();
    assert!(emulator.endpoint().starts_with("https://"));
    let pem = std::fs::read_to_string(config.beside("made.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    assert!(!pem.contains("PRIVATE"));
}

#[tokio::test]
async fn the_admin_port_and_the_traffic_file_can_be_set() {
    let config = Config::new("c.json", r#"{"adminPort": 0, "trafficFile": "traffic.jsonl"}"#);
    let emulator = config.read().unwrap().start().await.unwrap();
    let hubs = format!("{}/api/hubs", emulator.admin_url().unwrap());
    assert_eq!(reqwest::get(hubs).await.unwrap().status(), 200);
    assert!(config.beside("traffic.jsonl").exists());
}

#[tokio::test]
async fn faults_are_explained_with_file_line_and_column() {
    for (name, text, at, says) in [
        ("a.toml", "port = 1\nprot = 2\n", "2:1", "did you mean `port`?"),
        (
            "a.toml",
            "[hubs.chat]\neventHandler = []\n",
            "2:1",
            "did you mean `eventHandlers`?",
        ),
        ("a.toml", "port = 70000", "1:8", "u16"),
        ("a.toml", "port = \n", "1:8", ""),
        ("a.toml", "host = \"localhost\"", "1:8", "IP address"),
        ("a.toml", "publicEndpoint = \"x\"", "1:18", "http:// or https://"),
        ("a.toml", "eventTimeoutInMs = 0", "1:20", "nonzero"),
        ("a.toml", "[hubs.1]\n", "1:", "Invalid hub name '1'"),
        (
            "a.toml",
            "[hubs.a]\nanonymousConnectPolicy = \"alow\"",
            "2:26",
            "did you mean `allow`?",
        ),
        (
            "a.toml",
            "[[hubs.a.eventHandlers]]\nurlTemplate = \"ftp://x/\"",
            "2:15",
            "http:// or https://",
        ),
        (
            "a.toml",
            "[[hubs.a.eventHandlers]]\nurlTemplate = \"http://x/\"\nsystemEvents = [\"connct\"]",
            "3:",
            "did you mean `connect`?",
        ),
        ("a.json", "{\n  \"prot\": 1\n}", "2:", "did you mean `port`?"),
        (
            "a.json",
            "{\n  \"hubs\": {\"a\": {\"eventHandlers\": [{}]}}\n}",
            "2:",
            "urlTemplate",
        ),
        ("a.json", "{,}", "1:2", ""),
        ("a.json", "", "1:0", "EOF"),
    ] {
        let config = Config::new(name, text);
        let error = config
            .read()
            .err()
            .unwrap_or_else(|| panic!("{text} was accepted"));
        let place = format!("{}:{at}", config.path().display());
        assert!(
            error.starts_with(&place) && error.contains(says),
            "{text}: {error}"
        );
    }
}

#[tokio::test]
async fn a_file_must_be_utf_8_and_may_begin_with_a_mark() {
    let config = Config::new("c.toml", "");
    for (bytes, says) in [
        (
            &b"port = 0\nhost = \"\xe4\"\n"[..],
            Some("c.toml:2:9: this is not UTF-8"),
        ),
        (b"\xef\xbb\xbfport = 0\n", None),
    ] {
        config.write(bytes);
        let fault = config.read().err();
        match says {
            None => assert_eq!(fault, None),
            Some(says) => assert!(fault.as_ref().unwrap().contains(says), "{fault:?}"),
        }
    }
    let config = Config::new("c.json", "\u{feff}{\"port\": 0}");
    assert!(config.read().is_ok());
}

#[tokio::test]
async fn no_fault_says_a_secret() {
    for (name, text) in [
        ("a.toml", "accessKeys = \"s3cret\""),
        ("a.toml", "accessKeys = [\"s3cret;\"]"),
        ("a.toml", "accessKeys = [\"s3cret\", \"s3cret\", \"s3cret\"]"),
        ("a.toml", "accessKeys = [\"s3cret\", 5]"),
        ("a.toml", "accessKeys = [\"s3cret"),
        ("a.toml", "accessKeys = []"),
        ("a.toml", "entraTokens = \"s3cret\""),
        ("a.toml", "entraTokens = 987654321012"),
        ("a.json", "{\"accessKeys\": \"s3cret\"}"),
        ("a.json", "{\"accessKeys\": {\"s3cret\": 1}}"),
        ("a.json", "{\"entraTokens\": true}"),
        (
            "a.toml",
            "[[hubs.a.eventHandlers]]\nurlTemplate = \"ftp://x/?code=s3cret\"",
        ),
    ] {
        let error = Config::new(name, text)
            .read()
            .err()
            .unwrap_or_else(|| panic!("{text} was accepted"));
        // Longer than the process ID that is in the name of the folder.
        assert!(
            !error.contains("s3cret") && !error.contains("987654321012"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_documented_files_are_read() {
    let readme = include_str!("../../README.md");
    let mut read = 0;
    for (language, name) in [("```toml\n", "c.toml"), ("```json\n", "c.json")] {
        for fence in readme.split(language).skip(1) {
            let text = fence.split("```").next().unwrap();
            Config::new(name, text)
                .read()
                .unwrap_or_else(|error| panic!("{error}"));
            read += 1;
        }
    }
    assert!(read >= 2, "{read} config files in the README");
}
