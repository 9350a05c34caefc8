//! The binary: its output, its options, and how it stops. Starting and stopping in-process is here too.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;
use webpubsub_emulator::Emulator;

use crate::support::binary::{access_key, command, endpoint, first_line, json_client, start};
use crate::support::{Folder, KEY, PATIENCE, Service, Webhook, ok, until};

/// The access key of a service that is started without one.
const DEFAULT_KEY: &str = "WebPubSubEmulatorDefaultKeyWhichIsNoSecret0=";

#[cfg(unix)]
#[tokio::test]
async fn both_signals_stop_it_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let mut webhook = Webhook::start(|_| ok()).await;
        let handler = format!("chat={}", webhook.url("/{event}?code=a-secret-code"));
        let arguments = [
            "--port",
            "0",
            "--access-key",
            KEY,
            "--event-handler",
            &handler,
            "--entra-token",
            "an-opaque-one",
        ];
        let (mut child, connection_string) = start(&arguments).await;
        let endpoint = endpoint(&connection_string);
        assert_eq!(
            connection_string,
            format!("Endpoint={endpoint};AccessKey={KEY};Version=1.0;")
        );
        assert!(endpoint.starts_with("http://127.0.0.1:"));
        let mut client = json_client(endpoint, KEY).await;
        webhook.event("sys.connect").await;
        webhook.event("sys.connected").await;

        let pid = child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .await
                .unwrap()
                .success()
        );
        let last = client.json().await;
        assert_eq!(
            (&last["event"], &last["message"]),
            (&json!("disconnected"), &json!("ServiceReload"))
        );
        assert_eq!(client.closed().await, (1001, "ServiceReload".to_owned()));
        assert_eq!(
            webhook.event("sys.disconnected").await.json(),
            json!({"reason": "ServiceReload"})
        );
        assert!(timeout(PATIENCE, child.wait()).await.unwrap().unwrap().success());

        // Nothing else on standard output, and no secret in the log.
        let (mut stdout, mut stderr) = (String::new(), String::new());
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut stdout)
            .await
            .unwrap();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .await
            .unwrap();
        assert_eq!(stdout, "");
        assert!(stderr.contains("client connected"), "{stderr}");
        for secret in [KEY, "access_token", "eyJ", "a-secret-code", "an-opaque-one"] {
            assert!(!stderr.contains(secret), "the log has {secret}: {stderr}");
        }
    }
}

#[tokio::test]
async fn without_a_key_it_has_the_documented_one() {
    let (_child, connection_string) = start(&["--port", "0"]).await;
    let endpoint = endpoint(&connection_string);
    assert_eq!(
        connection_string,
        format!("Endpoint={endpoint};AccessKey={DEFAULT_KEY};Version=1.0;")
    );
    assert!(include_str!("../../README.md").contains(DEFAULT_KEY));
    json_client(endpoint, DEFAULT_KEY).await;
}

#[tokio::test]
async fn in_process_without_a_key_it_has_a_random_one() {
    let start = || Emulator::builder().start();
    let (one, other) = (start().await.unwrap(), start().await.unwrap());
    let key = |emulator: &Emulator| access_key(&emulator.connection_string()).to_owned();
    assert!(key(&one).len() >= 32 && key(&one) != key(&other));
    json_client(&one.endpoint(), &key(&one)).await;
}

#[tokio::test]
async fn keys_come_from_the_environment_too() {
    let mut command = command(&["--port", "0"]);
    command.env("WEBPUBSUB_EMULATOR_ACCESS_KEY", format!("primary;{KEY}"));
    let (_child, connection_string) = first_line(command).await;
    assert!(connection_string.contains(";AccessKey=primary;"));
    json_client(endpoint(&connection_string), KEY).await;
}

#[tokio::test]
async fn it_says_when_other_machines_can_connect() {
    let own_key = ["--port", "0", "--host", "0.0.0.0", "--access-key", KEY];
    for (arguments, beyond_loopback, with_default_key) in [
        (&own_key[..2], false, false),
        (&["--port", "0", "--host", "127.0.0.2"], false, false),
        (&own_key[..4], true, true),
        (&own_key[..], true, false),
    ] {
        let (mut child, connection_string) = start(&[arguments, &["--exit-with-stdin"]].concat()).await;
        // On this machine, the connection string works as it is.
        let key = if arguments.contains(&KEY) {
            KEY
        } else {
            DEFAULT_KEY
        };
        json_client(endpoint(&connection_string), key).await;
        drop(child.stdin.take());
        let output = timeout(PATIENCE, child.wait_with_output())
            .await
            .unwrap()
            .unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            log.contains("listening beyond loopback"),
            beyond_loopback,
            "{log}"
        );
        assert_eq!(
            log.contains("with the default access key"),
            with_default_key,
            "{log}"
        );
    }
}

#[tokio::test]
async fn it_stops_cleanly_when_standard_input_ends() {
    let (mut child, connection_string) =
        start(&["--port", "0", "--access-key", KEY, "--exit-with-stdin"]).await;
    let mut client = json_client(endpoint(&connection_string), KEY).await;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"what is written is ignored\n").await.unwrap();
    assert!(timeout(Duration::from_millis(200), child.wait()).await.is_err());
    drop(stdin);
    assert_eq!(client.json().await["message"], "ServiceReload");
    assert_eq!(client.closed().await, (1001, "ServiceReload".to_owned()));
    assert!(timeout(PATIENCE, child.wait()).await.unwrap().unwrap().success());

    // Without the option it goes on.
    let (mut child, connection_string) = start(&["--port", "0", "--access-key", KEY]).await;
    drop(child.stdin.take());
    assert!(timeout(Duration::from_millis(200), child.wait()).await.is_err());
    json_client(endpoint(&connection_string), KEY).await;
}

/// Runs the binary, which must fail with an error that contains this text.
async fn fails(arguments: &[&str], says: &str) {
    let output = timeout(PATIENCE, command(arguments).output())
        .await
        .unwrap()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(stderr.contains(says), "{arguments:?}: {stderr}");
}

#[tokio::test]
async fn bad_options_are_explained() {
    for (arguments, says) in [
        (vec!["--event-handler", "chat"], "HUB=URL_TEMPLATE"),
        (vec!["--event-handler", "1=http://x/"], "Invalid hub name"),
        (vec!["--event-handler", "chat=nonsense"], "absolute URL"),
        (vec!["--event-handler", "chat=ftp://x/"], "http:// or https://"),
        (vec!["--event-handler", "chat=http://{hub}/"], "host"),
        (
            vec!["--event-handler", "chat=http://x/ userEventPattern=a*"],
            "Invalid event name 'a*'",
        ),
        (
            vec!["--event-handler", "chat=http://x/ systemEvents=conected"],
            "did you mean `connected`?",
        ),
        (
            vec!["--event-handler", "chat=http://x/ systemEvent=connect"],
            "did you mean `systemEvents`?",
        ),
        (vec!["--public-endpoint", "https://x/path"], "nothing else"),
        (vec!["--event-timeout-in-ms", "0"], "--event-timeout-in-ms"),
        (
            vec!["--event-retry-delays-in-ms", "1,soon"],
            "--event-retry-delays-in-ms",
        ),
        (vec!["--access-key", "a;b"], "';'"),
        (
            vec!["--access-key", "a", "--access-key", "b", "--access-key", "c"],
            "two access keys",
        ),
        (vec!["--port", "many"], "--port"),
        (vec!["--host", "localhost"], "--host"),
    ] {
        fails(&arguments, says).await;
    }
}

#[tokio::test]
async fn startup_errors_name_the_unavailable_resource() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, says) in [
        (
            &["--config", "/nowhere/config.toml"][..],
            "cannot read the config file",
        ),
        (
            &["--port", "0", "--event-handler-ca-file", "/nowhere/ca.pem"],
            "the CA file /nowhere/ca.pem cannot be read",
        ),
        (
            &["--port", "0", "--admin-port", &port],
            &format!("cannot use 127.0.0.1:{port} for the admin API: "),
        ),
        (
            &["--port", "0", "--traffic-file", "/nowhere/x"],
            "cannot write the traffic file /nowhere/x: ",
        ),
        (
            &["--port", &port],
            &format!("cannot listen on 127.0.0.1:{port}: "),
        ),
    ] {
        fails(arguments, says).await;
    }
}

#[tokio::test]
async fn a_stop_in_process_ends_everything() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let mut client = service.json_client(json!({})).await;
    let mut simple = service.simple_client(json!({})).await;
    let endpoint = service.emulator.endpoint();
    service.emulator.stop().await;
    assert_eq!(client.json().await["event"], "disconnected");
    assert_eq!(client.closed().await, (1001, "ServiceReload".to_owned()));
    assert_eq!(simple.closed().await, (1001, "ServiceReload".to_owned()));
    let mut ends = 0;
    while ends < 2 {
        ends += usize::from(webhook.next().await.event() == "sys.disconnected");
    }
    assert!(
        tokio::net::TcpStream::connect(endpoint.replace("http://", ""))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn dropping_it_stops_it_too() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    drop(service);
    assert_eq!(client.json().await["message"], "ServiceReload");
}

#[tokio::test]
async fn nothing_prints_a_key() {
    let builder = Emulator::builder()
        .access_key(KEY)
        .unwrap()
        .entra_token("an-opaque-one");
    let builder = builder
        .event_handler("chat", "http://x/?code=a-secret-code")
        .unwrap();
    let printed = format!("{builder:?}");
    let emulator = builder.start().await.unwrap();
    let printed = format!("{printed}{emulator:?}");
    for secret in [KEY, "an-opaque-one", "a-secret-code"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(emulator.connection_string().contains(KEY));
}

#[tokio::test]
async fn an_admin_port_is_on_the_second_line_and_the_traffic_in_its_file() {
    let folder = Folder::new();
    let path = folder.path("traffic.jsonl");
    let file = path.to_str().unwrap();
    let mut child = command(&[
        "--port",
        "0",
        "--access-key",
        KEY,
        "--admin-port",
        "0",
        "--traffic-file",
        file,
    ])
    .spawn()
    .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = async || {
        timeout(PATIENCE, lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap()
    };
    let (connection_string, admin) = (line().await, line().await);
    let admin = admin.strip_prefix("Admin=").unwrap();
    let client = json_client(endpoint(&connection_string), KEY).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let hubs = http.get(format!("{admin}/api/hubs")).send().await.unwrap();
    assert!(hubs.text().await.unwrap().contains(r#""name":"chat""#));
    drop(client);
    // The file is written as things happen, not only at the end.
    until("the file has the disconnect", async || {
        std::fs::read_to_string(&path).is_ok_and(|text| text.contains(r#""kind":"disconnect""#))
    })
    .await;
    assert!(!std::fs::read_to_string(&path).unwrap().contains("eyJ"));
    child.kill().await.unwrap();
}
