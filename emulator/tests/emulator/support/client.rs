//! A WebSocket client.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    /// Its connection id, unless it is a simple client.
    pub(crate) id: String,
    /// Of a reliable client, what it may come back with.
    pub(crate) reconnection_token: String,
    /// The subprotocol that the service agreed to.
    pub(crate) subprotocol: Option<String>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What remains of a client whose socket is lost.
#[derive(Debug, Clone)]
pub(crate) struct Lost {
    pub(crate) id: String,
    pub(crate) reconnection_token: String,
}

/// A refused upgrade.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Client {
    pub(crate) async fn open(url: &str, subprotocols: Option<&str>) -> Self {
        Self::try_open(url, subprotocols, &[])
            .await
            .unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    pub(crate) async fn try_open(
        url: &str,
        subprotocols: Option<&str>,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Refusal> {
        let mut request = url.into_client_request().unwrap();
        if let Some(names) = subprotocols {
            request
                .headers_mut()
                .insert("sec-websocket-protocol", names.parse().unwrap());
        }
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, response)) => {
                let subprotocol = response.headers().get("sec-websocket-protocol");
                let subprotocol = subprotocol.map(|name| name.to_str().unwrap().to_owned());
                Ok(Self {
                    id: String::new(),
                    reconnection_token: String::new(),
                    subprotocol,
                    socket,
                })
            }
            Err(Error::Http(response)) => {
                let status = response.status().as_u16();
                let body = response.into_body().unwrap_or_default();
                Err(Refusal {
                    status,
                    body: String::from_utf8(body).unwrap(),
                })
            }
            Err(error) => panic!("no answer to the upgrade: {error}"),
        }
    }

    /// Reads the first frame of a JSON client.
    pub(crate) async fn welcome(&mut self) {
        let connected = self.json().await;
        assert_eq!(connected["event"], "connected", "{connected}");
        self.id = connected["connectionId"].as_str().unwrap().to_owned();
        let token = connected["reconnectionToken"].as_str();
        self.reconnection_token = token.unwrap_or_default().to_owned();
    }

    /// Loses the socket: no close frame, no closing handshake.
    pub(crate) fn lose(self) -> Lost {
        Lost {
            id: self.id,
            reconnection_token: self.reconnection_token,
        }
    }

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        self.socket.send(message.into()).await.unwrap();
    }

    /// Sends to a service that may have closed the socket already.
    pub(crate) async fn try_send(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        self.socket.send(message.into()).await
    }

    pub(crate) async fn send_json(&mut self, message: Value) {
        self.send(message.to_string()).await;
    }

    /// Sends a request with this ack id and returns its acknowledgement, which must come next.
    pub(crate) async fn ask(&mut self, mut request: Value, ack_id: u64) -> Value {
        request["ackId"] = json!(ack_id);
        self.send_json(request).await;
        let ack = self.json().await;
        assert_eq!(
            (&ack["type"], &ack["ackId"]),
            (&json!("ack"), &json!(ack_id)),
            "{ack}"
        );
        ack
    }

    /// The next frame.
    pub(crate) async fn next(&mut self) -> Message {
        match timeout(PATIENCE, self.socket.next()).await {
            Ok(Some(Ok(message))) => message,
            other => panic!("no frame but {other:?}"),
        }
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.next().await {
            Message::Text(text) => text.to_string(),
            other => panic!("no text but {other:?}"),
        }
    }

    pub(crate) async fn json(&mut self) -> Value {
        serde_json::from_str(&self.text().await).unwrap()
    }

    /// The code and reason of the close, which must be the next frame; then the end of the stream.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        let frame = match self.next().await {
            Message::Close(Some(frame)) => (frame.code.into(), frame.reason.to_string()),
            other => panic!("no close but {other:?}"),
        };
        let end = timeout(PATIENCE, self.socket.next()).await.unwrap();
        assert!(matches!(end, None | Some(Err(_))), "{end:?}");
        frame
    }

    /// Waits for the end of the stream, which must come without a close frame.
    pub(crate) async fn expect_end(&mut self) {
        while let Some(Ok(message)) = timeout(PATIENCE, self.socket.next()).await.unwrap() {
            assert!(message.is_ping(), "{message}");
        }
    }

    pub(crate) async fn close(&mut self) {
        self.socket.close(None).await.unwrap();
        while let Some(Ok(_)) = timeout(PATIENCE, self.socket.next()).await.unwrap() {}
    }
}
