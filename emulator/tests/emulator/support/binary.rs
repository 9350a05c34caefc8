//! The binary: starting it, and connecting to the endpoint in its first line of output.

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Client, JSON, PATIENCE, signed_url};

/// The binary with these arguments, without an access key in its environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_webpubsub-emulator"));
    command
        .args(arguments)
        .env_remove("WEBPUBSUB_EMULATOR_ACCESS_KEY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Starts the binary; also returns its first line of output.
pub(crate) async fn start(arguments: &[&str]) -> (Child, String) {
    first_line(command(arguments)).await
}

/// Starts a command; also returns its first line of output.
pub(crate) async fn first_line(mut command: Command) -> (Child, String) {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    timeout(PATIENCE, stdout.read_line(&mut line))
        .await
        .expect("no connection string")
        .unwrap();
    child.stdout = Some(stdout.into_inner());
    (child, line.trim_end().to_owned())
}

/// The endpoint in a connection string.
pub(crate) fn endpoint(connection_string: &str) -> &str {
    part(connection_string, 0, "Endpoint=")
}

/// The first access key in a connection string.
pub(crate) fn access_key(connection_string: &str) -> &str {
    part(connection_string, 1, "AccessKey=")
}

fn part<'a>(connection_string: &'a str, position: usize, name: &str) -> &'a str {
    let part = connection_string.split(';').nth(position).unwrap();
    part.strip_prefix(name).unwrap()
}

/// The URL of a client of `hub`, signed with this key.
pub(crate) fn client_url(endpoint: &str, key: &str, hub: &str) -> String {
    signed_url(endpoint, key, &format!("/client/hubs/{hub}"), &json!({}))
}

/// A connected JSON client of the hub `chat`.
pub(crate) async fn json_client(endpoint: &str, key: &str) -> Client {
    let mut client = Client::open(&client_url(endpoint, key, "chat"), Some(JSON)).await;
    client.welcome().await;
    client
}
