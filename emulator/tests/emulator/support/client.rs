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
    /// Of a JSON client, its connection id.
    pub(crate) id: String,
    /// The subprotocol that the service agreed to.
    pub(crate) subprotocol: Option<String>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
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

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        self.socket.send(message.into()).await.unwrap();
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

    /// Waits until the stream ends without a close frame.
    pub(crate) async fn lost(&mut self) {
        let end = timeout(PATIENCE, self.socket.next()).await.unwrap();
        assert!(matches!(end, None | Some(Err(_))), "{end:?}");
    }

    pub(crate) async fn close(&mut self) {
        self.socket.close(None).await.unwrap();
        while let Some(Ok(_)) = timeout(PATIENCE, self.socket.next()).await.unwrap() {}
    }
}
