//! The log of the binary: what was refused is there, with the cause.

use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use crate::support::binary::{client_url, endpoint, start};
use crate::support::{Client, KEY, PATIENCE, in_one_minute, sign};

#[tokio::test]
async fn every_refusal_has_a_line_with_its_cause() {
    let arguments = ["--port", "0", "--access-key", KEY, "--exit-with-stdin"];
    let (mut child, connection_string) = start(&arguments).await;
    let endpoint = endpoint(&connection_string);

    let http = reqwest::Client::new();
    let mut reasons = Vec::new();
    let mut refused = async |path: &str, token: Option<&str>| {
        let url = format!("{endpoint}{path}");
        let signed = sign(KEY, &json!({"aud": url, "exp": in_one_minute()}));
        let call = http.post(&url).header("content-type", "text/plain").body("x");
        let response = call.bearer_auth(token.unwrap_or(&signed)).send().await.unwrap();
        assert!(response.status().is_client_error(), "{path}: {response:?}");
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        reasons.push(body["message"].as_str().unwrap().to_owned());
    };
    let send = "/api/hubs/chat/:send?api-version=2024-12-01";
    refused(send, Some("no-token")).await;
    refused(&format!("{send}&filter=nonsense"), None).await;
    refused(&format!("{send}&messageTtlSeconds=301"), None).await;
    refused("/api/hubs/chat/:send?api-version=1", None).await;
    refused("/api/hubs/ch-at/:send?api-version=2024-12-01", None).await;
    refused("/api/elsewhere", None).await;
    for path in [
        "/clients/socketio/hubs/chat/",
        "/client/hubs/chat?access_token=no-token",
    ] {
        let url = format!("{}{path}", endpoint.replacen("http", "ws", 1));
        let refusal = Client::try_open(&url, None, &[]).await.err().unwrap();
        let body: Value = serde_json::from_str(&refusal.body).unwrap();
        reasons.push(body["message"].as_str().unwrap().to_owned());
    }

    let url = client_url(endpoint, KEY, "chat");
    let (_, token) = url.split_once("access_token=").unwrap();
    let mut client = Client::open(&url, Some("json.webpubsub.azure.v1")).await;
    client.welcome().await;
    for request in [
        json!({"type": "joinGroup", "group": "g"}),
        json!({"type": "sendToGroup", "group": "g", "ttlSeconds": -1, "data": 1}),
        json!({"type": "dance"}),
        json!({"type": "event", "event": "e", "data": 1}),
    ] {
        let ack = client.ask(request, 1).await;
        reasons.push(ack["error"]["message"].as_str().unwrap().to_owned());
    }
    let invocation =
        json!({"type": "invoke", "invocationId": "1", "target": "event", "event": "e", "data": 1});
    client.send_json(invocation).await;
    let response = client.json().await;
    reasons.push(response["error"]["message"].as_str().unwrap().to_owned());

    drop(child.stdin.take());
    let mut log = String::new();
    let mut stderr = child.stderr.take().unwrap();
    timeout(PATIENCE, stderr.read_to_string(&mut log))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(reasons.len(), 13);
    for reason in reasons {
        // As a log line quotes it.
        let quoted = format!("reason={reason:?}");
        assert!(log.contains(&quoted), "{quoted} is not in the log: {log}");
    }
    for secret in [KEY, token, "access_token"] {
        assert!(!log.contains(secret), "the log has {secret}: {log}");
    }
}
