//! The journal of the traffic: what is in it, its filters, the stream, the file.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;
use webpubsub_emulator::control::{Direction, Kind, Record, TrafficFilter, What};

use crate::support::{Client, PATIENCE, Service, Webhook, answer, until};

/// A service whose handler of `chat` replies to events, with an admin port.
async fn service() -> (Service, Webhook) {
    let webhook = Webhook::start(|request| match request.event() {
        "user.greet" => answer(200, "text/plain", "hello yourself"),
        "user.fail" => answer(400, "text/plain", "no"),
        _ => answer(204, "text/plain", ""),
    })
    .await;
    let template = webhook.url("/{event}?code=a-secret-code");
    let service =
        Service::with(|builder| builder.admin_port(0).event_handler("chat", &template).unwrap()).await;
    (service, webhook)
}

/// The records that the query selects, which must become this many.
async fn records(service: &Service, query: &str, count: usize) -> Vec<Value> {
    let mut found = Value::Null;
    until("enough records are selected", async || {
        found = service.look(&format!("/api/traffic?{query}")).await;
        found["total"].as_u64().unwrap() as usize >= count
    })
    .await;
    let found = found["items"].as_array().unwrap().clone();
    assert_eq!(found.len(), count, "{found:#?}");
    found
}

#[tokio::test]
async fn a_rest_call_is_recorded_with_its_response() {
    let (service, _webhook) = service().await;
    service
        .post("/api/hubs/Chat/users/ann%20b/:send", "text/plain", "hi there")
        .await;
    service
        .expect(404, "HEAD", "/api/hubs/chat/connections/nobody")
        .await;
    service
        .call("GET", "/api/hubs/chat/groups/room/connections")
        .await;
    let found = records(&service, "kind=rest", 3).await;

    let sent = &found[0];
    assert_eq!((&sent["hub"], &sent["user"]), (&json!("chat"), &json!("ann b")));
    assert_eq!(sent["request"]["method"], "POST");
    assert_eq!(
        sent["request"]["url"],
        "/api/hubs/Chat/users/ann%20b/:send?api-version=2024-12-01"
    );
    assert_eq!(sent["request"]["headers"]["content-type"], "text/plain");
    assert_eq!(sent["request"]["headers"]["authorization"], "Bearer ***");
    assert_eq!(sent["request"]["body"], json!({"size": 8, "text": "hi there"}));
    assert_eq!(sent["response"]["status"], 202);
    assert_eq!(sent["response"]["body"], json!({"size": 0, "text": ""}));
    assert!(sent["durationMs"].as_f64().unwrap() >= 0.0);
    assert!(sent["time"].as_str().unwrap().ends_with('Z'));

    assert_eq!(
        (&found[1]["connection"], &found[1]["response"]["status"]),
        (&json!("nobody"), &json!(404))
    );
    assert_eq!(
        found[1]["response"]["headers"]["x-ms-error-code"],
        "Warning.Connection.NotExisted"
    );
    assert_eq!(found[2]["response"]["body"]["text"], r#"{"value":[]}"#);
}

#[tokio::test]
async fn a_client_is_recorded_from_its_handshake_to_its_end() {
    let (service, _webhook) = service().await;
    let mut client = service.json_client(json!({"sub": "ann"})).await;
    let event = json!({"type": "event", "event": "greet", "dataType": "text", "data": "hi"});
    client.send_json(event.clone()).await;
    assert_eq!(client.json().await["data"], "hello yourself");
    client.close().await;
    let query = format!("connection={}&kind=connect&kind=frame&kind=disconnect", client.id);
    let found = records(&service, &query, 6).await;
    for record in &found {
        assert_eq!(
            (&record["hub"], &record["user"]),
            (&json!("chat"), &json!("ann")),
            "{record}"
        );
    }
    let seen: Vec<_> = found
        .iter()
        .map(|record| {
            (
                record["kind"].as_str().unwrap(),
                record["direction"].as_str(),
                record["opcode"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        seen[..2],
        [("connect", None, None), ("frame", Some("out"), Some("text"))]
    );
    assert_eq!(found[0]["response"]["status"], 101);
    assert_eq!(found[2]["body"]["text"], event.to_string());
    assert_eq!(found[2]["subprotocol"], "json.webpubsub.azure.v1");
    assert_eq!(seen[2], ("frame", Some("in"), Some("text")));
    assert!(
        found[3]["body"]["text"]
            .as_str()
            .unwrap()
            .contains("hello yourself")
    );
    assert_eq!(seen[4], ("frame", Some("in"), Some("close")));
    assert_eq!(seen[5], ("disconnect", None, None));
}

#[tokio::test]
async fn events_are_recorded_with_the_answers_of_the_handler() {
    let (service, _webhook) = service().await;
    let mut client = service.json_client(json!({"sub": "ann"})).await;
    let event = json!({"type": "event", "event": "greet", "dataType": "text", "data": "hi"});
    client.send_json(event).await;
    client.json().await;
    let found = records(&service, "kind=event", 4).await;
    assert_eq!(
        (&found[0]["event"], &found[0]["request"]["method"]),
        (&json!("handshake"), &json!("OPTIONS"))
    );
    assert_eq!(found[0]["response"]["headers"]["webhook-allowed-origin"], "*");
    let connect = found
        .iter()
        .find(|record| record["event"] == "sys.connect")
        .unwrap();
    assert_eq!(
        (&connect["connection"], &connect["user"]),
        (&json!(client.id), &json!("ann"))
    );
    assert!(
        connect["request"]["body"]["text"]
            .as_str()
            .unwrap()
            .contains("claims")
    );
    let greet = found
        .iter()
        .find(|record| record["event"] == "user.greet")
        .unwrap();
    assert_eq!(greet["request"]["body"], json!({"size": 2, "text": "hi"}));
    assert_eq!(greet["request"]["headers"]["ce-eventname"], "greet");
    assert_eq!(greet["response"]["status"], 200);
    assert_eq!(
        greet["response"]["body"],
        json!({"size": 14, "text": "hello yourself"})
    );
    assert!(greet.get("error").is_none());

    client
        .ask(
            json!({"type": "event", "event": "fail", "dataType": "text", "data": ""}),
            1,
        )
        .await;
    let found = records(&service, "kind=event&text=returned%20400", 1).await;
    assert_eq!(
        (&found[0]["event"], &found[0]["response"]["status"]),
        (&json!("user.fail"), &json!(400))
    );
    assert_eq!(found[0]["error"], "The event handler returned 400.");
}

#[tokio::test]
async fn long_bodies_are_cut_and_say_so() {
    let (service, _webhook) = service().await;
    let mut client = service.simple_client(json!({})).await;
    // The cut, after 16 KiB, is within a character.
    let long = format!("x{}", "é".repeat(10_000));
    service
        .post("/api/hubs/chat/:send", "text/plain", long.clone())
        .await;
    client.next().await;
    service
        .post(
            "/api/hubs/chat/:send",
            "application/octet-stream",
            vec![255; 20_000],
        )
        .await;
    client.next().await;
    for (query, whole) in [("kind=rest", 20_001), ("kind=frame", 20_001)] {
        let found = records(&service, query, 2).await;
        let body = |record: &Value| match query {
            "kind=rest" => record["request"]["body"].clone(),
            _ => record["body"].clone(),
        };
        let text = body(&found[0]);
        assert_eq!((&text["size"], &text["cut"]), (&json!(whole), &json!(true)));
        let kept = text["text"].as_str().unwrap();
        assert!(kept.len() > 16_000 && long.starts_with(kept), "{}", kept.len());
        let binary = body(&found[1]);
        assert_eq!((&binary["size"], &binary["cut"]), (&json!(20_000), &json!(true)));
        assert!(binary["base64"].as_str().unwrap().starts_with("////"));
    }
}

#[tokio::test]
async fn filters_narrow_and_add_up() {
    let (service, _webhook) = service().await;
    let ann = service.json_client(json!({"sub": "ann"})).await;
    let bob = service.json_client(json!({"sub": "bob"})).await;
    service
        .post("/api/hubs/chat/users/ann/:send", "text/plain", "Only For Ann")
        .await;
    service
        .post("/api/hubs/other/:send", "text/plain", "elsewhere")
        .await;
    records(&service, "kind=rest&hub=other", 1).await;
    records(&service, "kind=rest&hub=CHAT", 1).await;
    let found = records(&service, "text=only+for+ANN", 2).await;
    assert_eq!(
        (&found[0]["kind"], &found[1]["kind"]),
        (&json!("rest"), &json!("frame"))
    );
    records(
        &service,
        &format!("kind=frame&connection={}&text=only", bob.id),
        0,
    )
    .await;
    records(
        &service,
        &format!("kind=frame&connection={}&text=only", ann.id),
        1,
    )
    .await;
    records(&service, "kind=connect&user=bob", 1).await;
    records(&service, "kind=connect&kind=rest&user=ann", 2).await;
    records(
        &service,
        "user=&text=",
        service.look("/api/traffic").await["total"].as_u64().unwrap() as usize,
    )
    .await;
    service.admin("DELETE", "/api/traffic", Value::Null).await;
    records(&service, "", 0).await;
}

#[tokio::test]
async fn the_stream_has_what_comes_and_continues_where_it_ended() {
    let (service, _webhook) = service().await;
    for text in ["one", "two", "three"] {
        service.post("/api/hubs/chat/:send", "text/plain", text).await;
    }
    let url = format!(
        "{}/api/traffic/stream?kind=rest",
        service.emulator.admin_url().unwrap()
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let read = async |request: reqwest::RequestBuilder, count: usize| {
        let mut response = request.send().await.unwrap();
        let mut text = String::new();
        while text.matches("\ndata: ").count() < count {
            let chunk = timeout(PATIENCE, response.chunk())
                .await
                .expect("nothing more")
                .unwrap();
            text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let records: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
        let ids: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("id: "))
            .collect();
        let seqs: Vec<String> = records.iter().map(|record| record["seq"].to_string()).collect();
        assert_eq!(ids, seqs);
        let bodies = records
            .iter()
            .map(|record| record["request"]["body"]["text"].as_str().unwrap().to_owned());
        (bodies.collect::<Vec<_>>(), seqs)
    };
    let (bodies, seqs) = read(http.get(format!("{url}&after=0")), 3).await;
    assert_eq!(bodies, ["one", "two", "three"]);
    let (bodies, _) = read(http.get(&url).header("last-event-id", &seqs[1]), 1).await;
    assert_eq!(bodies, ["three"]);
    let (live, _) = tokio::join!(read(http.get(&url), 1), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        service.post("/api/hubs/chat/:send", "text/plain", "four").await
    });
    assert_eq!(live.0, ["four"]);
}

#[tokio::test]
async fn a_reader_that_is_too_slow_learns_what_it_has_lost() {
    let service = Service::with(|builder| builder.record_traffic()).await;
    let control = service.emulator.control();
    let mut watch = control
        .watch_traffic(TrafficFilter::new().kind(Kind::Frame))
        .after(0);
    let mut client = service.simple_client(json!({})).await;
    let all = webpubsub_emulator::control::To::All;
    for number in 0..11_000 {
        control.send_text("chat", &all, number.to_string()).unwrap();
        client.next().await;
    }
    let first = watch.next().await.unwrap();
    let What::Gap { lost } = first.what else {
        panic!("{first:?}")
    };
    assert_eq!(first.seq, lost);
    let next = watch.next().await.unwrap();
    assert_eq!(next.seq, lost + 1);
    assert!(matches!(
        next.what,
        What::Frame {
            direction: Direction::Out,
            ..
        }
    ));
    assert_eq!(
        control.traffic(&TrafficFilter::new()).len(),
        10_000,
        "the ring is bounded"
    );
}

#[tokio::test]
async fn nothing_is_recorded_unless_asked_for() {
    let service = Service::start().await;
    service.mark("x").await;
    assert!(
        service
            .emulator
            .control()
            .traffic(&TrafficFilter::new())
            .is_empty()
    );
}

#[tokio::test]
async fn the_file_has_everything_in_order_to_the_end() {
    let folder = std::env::temp_dir().join(format!("webpubsub-traffic-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("traffic.jsonl");
    std::fs::write(&path, "old\n").unwrap();
    let service = Service::with(|builder| builder.traffic_file(&path)).await;
    let mut client: Client = service.json_client(json!({"sub": "ann"})).await;
    for number in 0..500 {
        service.mark(&format!("message {number}")).await;
        client.next().await;
    }
    tokio::join!(service.emulator.stop(), async {
        assert_eq!(client.json().await["event"], "disconnected");
        client.closed().await;
    });
    let text = std::fs::read_to_string(&path).unwrap();
    let records: Vec<Record> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (record, seq) in records.iter().zip(1..) {
        assert_eq!(record.seq, seq);
    }
    let sent =
        |record: &&Record| matches!(&record.what, What::Rest { request, .. } if request.method == "POST");
    assert_eq!(records.iter().filter(sent).count(), 500);
    // The handshake, the connected message, 500 messages, the disconnected message and its close, the end.
    let of_client = records
        .iter()
        .filter(|record| record.connection.as_deref() == Some(client.id.as_str()));
    let last = of_client.clone().next_back().unwrap();
    assert_eq!(
        last.what,
        What::Disconnect {
            reason: "ServiceReload".to_owned()
        }
    );
    assert!(of_client.count() >= 505);
    std::fs::remove_dir_all(&folder).unwrap();
}
