//! Support for the tests: a transport, a running service with its clients, and a scripted server.

#[path = "../../../emulator/tests/emulator/support/client.rs"]
#[allow(dead_code, reason = "the local service's own tests need more of it")]
mod client;
mod host;
mod server;

use std::collections::BTreeSet;
use std::future::IntoFuture;
use std::time::Duration;

use serde_json::Value;
use webpubsub_edge::service::{Connection, Transport};
use webpubsub_edge::{Error, Message, WebPubSubServiceClient};
use webpubsub_emulator::{Builder, Emulator};

pub(crate) use client::Client;
pub(crate) use host::Host;
pub(crate) use server::{Received, Server, response};

/// The client of a hub.
pub(crate) type Hub = WebPubSubServiceClient<Host>;

/// The access key of the running services, and of clients of scripted servers.
pub(crate) const KEY: &str = "a+local/key=that==no-message-may-show";
/// What the running services accept as a token of Entra ID.
pub(crate) const ENTRA_TOKEN: &str = "an-opaque-token-that-no-message-may-show";

/// A running service.
pub(crate) struct Service {
    emulator: Emulator,
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(options: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = Emulator::builder()
            .access_key(KEY)
            .unwrap()
            .entra_token(ENTRA_TOKEN);
        Self {
            emulator: options(builder).start().await.unwrap(),
        }
    }

    pub(crate) fn endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    /// A client of the hub `chat`.
    pub(crate) fn hub(&self) -> Hub {
        self.hub_over(Host::new())
    }

    pub(crate) fn hub_over(&self, host: Host) -> Hub {
        WebPubSubServiceClient::from_connection_string(&self.emulator.connection_string(), "chat", host)
            .unwrap()
    }

    /// A WebSocket client of the hub with these roles, in these groups.
    pub(crate) async fn join(&self, user: &str, roles: &[&str], groups: &[&str]) -> Client {
        let token = self.hub().get_client_access_token().user_id(user);
        let token = token.roles(roles.iter().copied()).groups(groups.iter().copied());
        connect(&token.await.unwrap().url).await
    }

    /// Several, in no group.
    pub(crate) async fn users<const N: usize>(&self, users: [&str; N]) -> [Client; N] {
        let mut clients = Vec::new();
        for user in users {
            clients.push(self.join(user, &[], &[]).await);
        }
        clients
            .try_into()
            .unwrap_or_else(|_| panic!("as many as asked for"))
    }

    /// Who is in a group, by connection.
    pub(crate) async fn members(&self, group: &str) -> BTreeSet<String> {
        ids(&self.hub().list_connections(group).collect().await.unwrap())
    }

    /// Sends to everyone: what a client gets next if it got nothing before.
    pub(crate) async fn mark(&self, mark: &str) {
        self.hub().send_to_all(Message::text(mark)).await.unwrap();
    }
}

pub(crate) fn ids(connections: &[Connection]) -> BTreeSet<String> {
    connections
        .iter()
        .map(|connection| connection.connection_id.clone())
        .collect()
}

/// A client of the JSON subprotocol, connected.
pub(crate) async fn connect(url: &str) -> Client {
    let mut client = Client::open(url, Some("json.webpubsub.azure.v1")).await;
    let connected = client.json().await;
    assert_eq!(connected["event"], "connected", "{connected}");
    client.id = connected["connectionId"].as_str().unwrap().to_owned();
    client
}

/// What a client gets next, which is this text.
pub(crate) async fn gets(client: &mut Client, text: &str) -> Value {
    let message = client.json().await;
    assert_eq!(message["data"], text, "{message}");
    message
}

/// The client receives this reason and is closed.
pub(crate) async fn ends(client: &mut Client, reason: &str) {
    let message = client.json().await;
    assert_eq!(
        (&message["event"], &message["message"]),
        (&"disconnected".into(), &reason.into()),
        "{message}"
    );
    assert_eq!(client.closed().await.1, reason);
}

/// A client of the hub `chat` of an endpoint.
pub(crate) fn hub_at<T: Transport>(endpoint: &str, transport: T) -> WebPubSubServiceClient<T> {
    let connection_string = format!("Endpoint={endpoint};AccessKey={KEY};Version=1.0;");
    WebPubSubServiceClient::from_connection_string(&connection_string, "chat", transport).unwrap()
}

/// Waits for a future that must complete by itself, before the default timeout of a client.
pub(crate) async fn soon<F: IntoFuture>(future: F) -> F::Output {
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, future.into_future())
        .await
        .expect("the future does not complete")
}

/// The code of the error for invalid input.
pub(crate) fn refused<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::InvalidInput(e)) => e.code(),
        Err(error) => panic!("not invalid input: {error:?}"),
        Ok(_) => panic!("not refused"),
    }
}
