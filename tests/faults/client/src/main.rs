//! The Rust client for the scenarios in `tests/faults`: reads plans and writes what the caller saw, a line of JSON each.
//!
//! In here: the same calls as in `tests/faults/calls.js`. Not in here: the scenarios, and any check.

mod plan;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use webpubsub_edge::error::{TransportError, TransportErrorKind};
use webpubsub_edge::operation::Request;
use webpubsub_edge::reqwest::Http;
use webpubsub_edge::service::{ClientSecretCredential, Credential, Response, Transport};
use webpubsub_edge::{
    AzureKeyCredential, ClientOptions, Error, Message, Result, RetryOptions, WebPubSubServiceClient,
};

use plan::{Phase, Plan};

/// Counts the requests that are attempted.
#[derive(Clone)]
struct Counting(Http, Arc<AtomicUsize>);

impl Transport for Counting {
    type Body = Vec<u8>;
    type Response = Response;

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, TransportError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.send(request).await
    }

    async fn sleep(&self, time: Duration) {
        self.0.sleep(time).await;
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}

/// The transport, past any proxy of this machine.
fn http() -> Http {
    Http::with(reqwest::Client::builder().no_proxy()).expect("a transport")
}

const SECRET: &str = "client-secret-of-the-test";

type Client = WebPubSubServiceClient<Counting>;

#[tokio::main]
async fn main() {
    let mut lines = BufReader::new(stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let plan: Plan = serde_json::from_str(&line).expect("a plan as JSON");
        tokio::spawn(async move { println!("{}", run(&plan).await) });
    }
}

async fn run(plan: &Plan) -> Value {
    let attempts = Arc::new(AtomicUsize::new(0));
    let key = AzureKeyCredential::new(&plan.key).expect("a key");
    let retry = RetryOptions {
        max_retries: plan.retry.max_retries,
        delay: Duration::from_millis(plan.retry.retry_delay_in_ms),
        repeat_sends: plan.retry.repeat_sends,
        ..RetryOptions::default()
    };
    let credential = match &plan.issuer {
        None => key.clone().into(),
        Some(issuer) => entra(issuer, retry),
    };
    let transport = Counting(http(), attempts.clone());
    let options = ClientOptions {
        timeout: Duration::from_millis(plan.timeout),
        retry,
        allow_insecure_connection: true,
        ..ClientOptions::default()
    };
    let client = WebPubSubServiceClient::new(&plan.origin, "chat", credential, transport);
    let client = client.expect("a client").with_options(options);
    let mut phases: Vec<Vec<Value>> = Vec::new();
    for (number, phase) in plan.phases.iter().enumerate() {
        if phase.update {
            key.update(&plan.new_key).expect("a key");
        }
        let ids = ids(number, phase, phases.last());
        phases.push(join_all(ids.iter().map(|id| attempt(&client, &phase.call, id))).await);
    }
    json!({ "number": plan.number, "attempts": attempts.load(Ordering::SeqCst), "phases": phases })
}

fn entra(issuer: &str, retry: RetryOptions) -> Credential {
    let credential = ClientSecretCredential::new("tenant", "application", SECRET, http());
    let credential = credential.and_then(|credential| credential.with_authority(issuer));
    let credential = credential.map(|credential| credential.with_retry(retry));
    credential.expect("a credential").into()
}

/// The ids of the calls of a phase: new ones, or those that failed in the phase before.
fn ids(number: usize, phase: &Phase, before: Option<&Vec<Value>>) -> Vec<String> {
    let Some(again) = &phase.again else {
        return (0..phase.times).map(|i| format!("m-{number}-{i}")).collect();
    };
    let failed = before
        .into_iter()
        .flatten()
        .filter(|end| end["kind"] == again.as_str());
    failed
        .filter_map(|end| end["id"].as_str())
        .map(str::to_owned)
        .collect()
}

async fn attempt(client: &Client, call: &str, id: &str) -> Value {
    let mut seen = 0;
    match make(client, call, id, &mut seen).await {
        Ok(value) => json!({ "id": id, "value": value }),
        Err(error) => {
            let code = Some(error.code()).filter(|code| !code.is_empty());
            let kind = error.kind().as_str();
            json!({ "id": id, "kind": kind, "code": code, "message": message(&error), "seen": seen })
        }
    }
}

/// The message; empty for one of the transport, which is no part of the library here.
fn message(error: &Error) -> String {
    match error {
        Error::Transport(error) if error.kind == TransportErrorKind::Network => String::new(),
        _ => error.to_string(),
    }
}

/// Makes a call; `seen` counts the connections of a list.
async fn make(client: &Client, call: &str, id: &str, seen: &mut usize) -> Result<String> {
    let done = |()| "success".to_owned();
    match call {
        "sendToAll" => client
            .send_to_all(Message::text(id))
            .header("x-call", id)
            .await
            .map(done),
        "addUser" => client
            .add_user_to_group("room", "ada")
            .header("x-call", id)
            .await
            .map(done),
        "closeConnection" => client.close_connection("c1").header("x-call", id).await.map(done),
        "groupExists" => client
            .group_exists("room")
            .header("x-call", id)
            .await
            .map(|exists| exists.to_string()),
        "getClientAccessToken" => client
            .get_client_access_token()
            .header("x-call", id)
            .await
            .map(|_| "a token".to_owned()),
        "listConnections" => {
            let mut list = client.list_connections("room").header("x-call", id);
            while let Some(page) = list.next_page().await? {
                *seen += page.connections.len();
            }
            Ok(format!("{seen} listed"))
        }
        _ => panic!("no call has the name {call}"),
    }
}
