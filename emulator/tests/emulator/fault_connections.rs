//! Faults of connections: sockets that are cut, resets over TLS, handlers that take too long.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use webpubsub_emulator::control::{CloseFrame, Fault, Reset, To};

use crate::support::{Folder, Service, Webhook, ok, tls};

#[tokio::test]
async fn a_reliable_client_that_is_cut_comes_back_and_has_lost_nothing() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let control = service.emulator.control();
    let mut client = service.reliable_client(json!({"sub": "ann"})).await;
    let ann = To::User("ann".to_owned());
    assert_eq!(control.drop_connections("chat", &ann, None).unwrap(), 1);
    client.expect_end().await;
    // Nobody has heard that it is gone; another cut meets no socket, and not the next one either.
    service.mark("meanwhile").await;
    control.drop_connections("chat", &ann, None).unwrap();
    let mut client = service.recover(&client.lose()).await;
    assert_eq!(client.json().await["data"], "meanwhile");
    service.mark("now").await;
    assert_eq!(client.json().await["data"], "now");

    // A close frame is the end.
    let close = CloseFrame {
        code: 1012,
        reason: "restarting".to_owned(),
    };
    control.drop_connections("chat", &ann, Some(&close)).unwrap();
    assert_eq!(client.json().await["event"], "disconnected");
    assert_eq!(client.closed().await, (1012, "restarting".to_owned()));
    for event in ["sys.connect", "sys.connected", "sys.disconnected"] {
        webhook.event(event).await;
    }
}

#[tokio::test]
async fn connections_over_tls_can_be_reset_too() {
    let folder = Folder::new();
    let path = folder.path("served.pem");
    let service = Service::with(|builder| builder.tls(true).tls_cert_file(&path)).await;
    let pem = std::fs::read_to_string(&path).unwrap();
    let endpoint = service.emulator.endpoint();
    let port: u16 = endpoint.rsplit(':').next().unwrap().parse().unwrap();
    let control = service.emulator.control();
    let request = format!("GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let ask = async || {
        let mut stream = tls::connect(port, "127.0.0.1", &pem).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        let _ = stream.read_to_string(&mut response).await;
        response
    };
    assert!(ask().await.starts_with("HTTP/1.1 200"));
    for when in [Reset::Before, Reset::After] {
        control.add_fault(Fault::rest().reset(when)).unwrap();
        assert_eq!(ask().await, "");
    }
    assert!(ask().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_delay_beyond_the_time_limit_of_events_is_a_timeout() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let template = webhook.url("/{event}");
    let service = Service::with(|builder| {
        builder
            .event_handler("chat", &template)
            .unwrap()
            .event_timeout(Duration::from_millis(200))
            .event_retry_delays([])
            .record_traffic()
    })
    .await;
    let control = service.emulator.control();
    let mut client = service.json_client(json!({})).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    let fault = Fault::event("slow").delay(Duration::from_secs(600));
    control.add_fault(fault).unwrap();
    let event = json!({"type": "event", "event": "slow", "data": 1});
    assert_eq!(client.ask(event.clone(), 1).await["success"], false);
    assert!(webhook.is_silent());
    assert_eq!(client.ask(event, 2).await["success"], true);
    webhook.event("user.slow").await;
}
